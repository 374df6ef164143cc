import { listQuotasOfOrder } from "@/lib/features/quota/queries";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { getDeps } from "@/lib/platform/deps";

/** What is left of the keys of this order, and how they are used; nothing where it has none. No key stands here: it is in the card itself. */
export async function Quota({ orderId, locale }: Readonly<{ orderId: string; locale: Locale }>) {
  const quotas = await listQuotasOfOrder(getDeps(), orderId);
  if (quotas.length === 0) return null;
  const t = getMessages(locale).quotas.buyer;
  const count = (n: number) => formatCount(n, locale);
  return (
    <section className="border-t pt-4">
      <h2 className="mb-1 font-semibold">{t.title}</h2>
      <ul className="figures space-y-1 text-soft">
        {quotas.map(({ position, used, usesMax }) => (
          <li key={position}>
            {quotas.length > 1 ? <span className="mr-2 text-faint">{fill(t.card, { n: position })}</span> : null}
            {fill(t.left, { left: count(usesMax - used), max: count(usesMax) })}
          </li>
        ))}
      </ul>
      <details className="mt-2">
        <summary className="cursor-pointer py-1 text-sm">{t.how}</summary>
        <p className="mt-1 text-sm text-soft">{t.howText}</p>
        <pre className="mt-2 overflow-x-auto rounded-md border bg-surface p-3 text-sm">
          {exampleOf(getDeps().env.publicUrl, t.keyHere)}
        </pre>
        <p className="mt-2 text-sm">
          <a href="/api/docs#spendQuota" className="underline underline-offset-4">
            {t.docs}
          </a>
        </p>
      </details>
    </section>
  );
}

const exampleOf = (url: string, key: string): string => `curl -X POST ${url}/api/v1/quota/uses \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Idempotency-Key: 0199f0c2-a4b8-7c3e-9d5f-1a2b3c4d5e6f' \\
  -H 'Content-Type: application/json' \\
  -d '{"uses":1}'`;
