-- A card that goes on sale is written a second time, and has a second entry in the index of its id, beside the first. Where the import has
-- filled the pages of that index, each of them is split for it; half full ones take it as they are. The index ends as large as it would
-- have been, and publishing takes a sixth less (docs/decisions/0035). Pages that are there already stay as they are; nobody waits.
SET lock_timeout = '5s';

ALTER INDEX card_pkey SET (fillfactor = 45);
