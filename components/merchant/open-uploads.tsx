import Link from "next/link";
import { buttonClass } from "@/components/ui/button";
import type { Upload } from "@/lib/features/imports/uploads";
import { getMessages } from "@/lib/i18n";
import { fill, formatBytes } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { Part } from "./page-head";

/** Files that somebody has begun to send, and can come back to. */
export function OpenUploads({
  locale,
  uploads,
  base,
}: Readonly<{ locale: Locale; uploads: readonly Upload[]; base: string }>) {
  const { open: t, pasted } = getMessages(locale).imports;
  return (
    <div className="mb-8 max-w-2xl">
      <Part title={t.title}>
        <ul className="divide-y rounded-md border bg-surface">
          {uploads.map((upload) => (
            <li
              key={upload.id}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3 text-sm"
            >
              <span className="min-w-0 break-all">
                {upload.name || pasted}
                <span className="ml-2 text-faint">
                  {formatBytes(Number(upload.byteCount))} · {stateOf(upload, t.states)}
                </span>
              </span>
              <Link
                href={`${base}/${toPublicId("upload", upload.id)}`}
                prefetch={false}
                className={buttonClass({ size: "sm" })}
              >
                {upload.state === "importing" ? t.watch : t.goOn}
              </Link>
            </li>
          ))}
        </ul>
      </Part>
    </div>
  );
}

function stateOf(
  { state, receivedBytes, byteCount }: Upload,
  words: Readonly<Record<"receiving" | "received" | "importing", string>>,
): string {
  if (state === "receiving") return fill(words.receiving, { percent: Number((receivedBytes * 100n) / byteCount) });
  return state === "received" ? words.received : words.importing;
}
