import type { Metadata } from "next";
import { OpenMailedLink } from "@/components/shop/open-mailed-link";
import { Card } from "@/components/ui/card";
import { getMessages } from "@/lib/i18n";
import { localeOf } from "../../page-locale";
import { openWalletAction } from "../actions";

interface LinkProps {
  params: Promise<{ locale: string }>;
}

export const metadata: Metadata = { robots: { index: false } };

/** Where a mailed link leads. Opening it changes nothing; the button does. */
export default async function WalletLink({ params }: Readonly<LinkProps>) {
  const locale = await localeOf(params);
  const t = getMessages(locale).wallets.link;
  return (
    <Card className="mx-auto max-w-md space-y-4">
      <header>
        <h1 className="text-xl font-semibold tracking-tight">{t.title}</h1>
        <p className="mt-1 text-soft">{t.lead}</p>
      </header>
      <OpenMailedLink locale={locale} t={t} action={openWalletAction} againHref={`/${locale}/wallet`} />
    </Card>
  );
}
