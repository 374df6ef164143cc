-- What a merchant shows of a product: uploaded pictures with words for those who do not see them, and a note of its own for each variant. New
-- columns have constant defaults and the table is new, so nothing is rewritten; the program of before leaves them as they are.
SET lock_timeout = '5s';

ALTER TABLE product
  ADD COLUMN picture_alt_zh text NOT NULL DEFAULT '' CHECK (length(picture_alt_zh) <= 200),
  ADD COLUMN picture_alt_en text NOT NULL DEFAULT '' CHECK (length(picture_alt_en) <= 200);

-- Beside the card, in place of the product's note where it is not empty.
ALTER TABLE variant
  ADD COLUMN usage_note_zh text NOT NULL DEFAULT '' CHECK (length(usage_note_zh) <= 2000),
  ADD COLUMN usage_note_en text NOT NULL DEFAULT '' CHECK (length(usage_note_en) <= 2000);

-- A picture as it was encoded anew; its file is named by the hash of its bytes and never changes. Whoever uploads the same picture has the
-- same file and a row of his own, so that nobody learns from it what others have.
CREATE TABLE picture (
  id uuid PRIMARY KEY,
  merchant_id uuid NOT NULL REFERENCES merchant (id),
  name text NOT NULL CHECK (name ~ '^[0-9a-f]{32}$'),
  width int NOT NULL CHECK (width BETWEEN 1 AND 4096),
  height int NOT NULL CHECK (height BETWEEN 1 AND 4096),
  byte_count int NOT NULL CHECK (byte_count > 0),
  created_by uuid REFERENCES app_user (id),
  created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
  CONSTRAINT picture_name_uq UNIQUE (merchant_id, name)
);
