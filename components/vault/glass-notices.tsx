import Link from "next/link";
import { Notice } from "@/components/ui/notice";
import type { GlassNotice } from "@/lib/features/vault/card-story";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";

interface GlassNoticesProps {
  locale: Locale;
  base: string;
  notices: readonly GlassNotice[];
}

/** What admins opened lately; it stands here for weeks, mailed or not. */
export function GlassNotices({ locale, base, notices }: Readonly<GlassNoticesProps>) {
  const { glass: t } = getMessages(locale).vault;
  if (notices.length === 0) return null;
  return (
    <Notice tone="seal" title={t.title} className="mb-5">
      <ul className="space-y-1">
        {notices.map(({ id, at, reason, count, cardId }) => (
          <li key={id.toString()} className="wrap-break-word">
            {fill(t.line, { at: formatStamp(at, locale), count: formatCount(count, locale), reason })}{" "}
            <Link
              href={`${base}/vault/${toPublicId("card", cardId)}`}
              prefetch={false}
              className="underline underline-offset-4"
            >
              {t.open}
            </Link>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
