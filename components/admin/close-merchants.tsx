import Link from "next/link";
import { Part } from "@/components/merchant/page-head";
import { Cell, HeadCell, HeadCells, Table } from "@/components/ui/table";
import type { CloseView } from "@/lib/features/reports/queries";
import { currenciesOf, duePart, figureOf, monthOf } from "@/lib/features/reports/rules";
import { getMessages } from "@/lib/i18n";
import { formatMinor } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";

/** A closed day merchant by merchant, and by how much it changed what is due to each. */
export function CloseMerchants({ locale, view }: Readonly<{ locale: Locale; view: CloseView }>) {
  const { figures: words, day: t } = getMessages(locale).reports;
  const shown = ["sold", "received", "refunded"] as const;
  const month = monthOf(view.close.day);
  return (
    <Part title={t.merchants}>
      <Table aria-label={t.merchants}>
        <thead>
          <tr>
            <HeadCell>{t.merchant}</HeadCell>
            <HeadCells names={shown.map((name) => words[name])} className="text-right" />
            <HeadCell className="text-right">{t.due}</HeadCell>
          </tr>
        </thead>
        <tbody>
          {view.merchants.flatMap(({ merchantId, name, figures }) =>
            currenciesOf(figures).map((currency) => {
              const amount = (minor: bigint) => formatMinor(minor.toString(), currency, locale);
              const own = figures.filter(({ label }) => label === currency);
              return (
                <tr key={`${merchantId} ${currency}`}>
                  <Cell>
                    <Link
                      href={`/${locale}/admin/reports/merchants/${toPublicId("merchant", merchantId)}?month=${month}`}
                      prefetch={false}
                      className="underline underline-offset-4"
                    >
                      {name}
                    </Link>
                  </Cell>
                  {shown.map((figure) => (
                    <Cell key={figure} className="figures whitespace-nowrap text-right">
                      {amount(figureOf(own, figure, currency).amountMinor)}
                    </Cell>
                  ))}
                  <Cell className="figures whitespace-nowrap text-right">{amount(duePart(own))}</Cell>
                </tr>
              );
            }),
          )}
        </tbody>
      </Table>
    </Part>
  );
}
