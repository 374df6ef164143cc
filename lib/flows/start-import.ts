import { numbered } from "@/lib/features/imports/columns";
import type { Reading } from "@/lib/features/imports/rules";
import { type StartForm, StoredReading } from "@/lib/features/imports/schema";
import { beginImport, findOwnUpload } from "@/lib/features/imports/uploads";
import { findImportTarget } from "@/lib/features/inventory/import-store";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";
import { expectLines } from "./preview-upload";

/** What is kept of a reading: of a table how many columns it has, and no word of the file, whose first row may be a card. */
const withoutWords = (reading: Reading): Reading =>
  reading.format === "json" ? reading : { ...reading, columns: numbered(reading.columns.length) };

function parseReading(text: string): Reading | null {
  try {
    const parsed = StoredReading.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/**
 * Hands a file over to be imported, read as its merchant has seen it in the preview. Pressed twice, or in two tabs, it is imported once.
 */
export async function startImport(
  deps: Deps,
  viewer: Viewer,
  { uploadId, reading: text, ...wishes }: StartForm,
): Promise<Result<{ uploadId: string }, "not_found" | "no_such_pool" | "invalid">> {
  const upload = await findOwnUpload(deps.db, viewer, uploadId);
  if (!upload) return err("not_found");
  const { variantId, merchantId } = upload;
  if (!(await findImportTarget(deps.db, { variantId, merchantId, poolId: wishes.poolId }))) return err("no_such_pool");
  const reading = parseReading(text);
  if (!reading) return err("invalid");
  const expectedLines = upload.state === "received" ? await expectLines(deps, upload, reading) : null;
  return inTransaction(deps.db, async (tx) => {
    // Whoever came second finds it under way, which is what was wanted.
    if (!(await beginImport(tx, uploadId, { ...wishes, expectedLines, reading: withoutWords(reading) })))
      return ok({ uploadId });
    const { encoding, format } = reading;
    const subject = { subjectKind: "card_upload", subjectId: uploadId, merchantId: upload.merchantId };
    await recordAudit(tx, { actor: viewer, action: "batch.import_started", ...subject, detail: { encoding, format } });
    return ok({ uploadId });
  });
}
