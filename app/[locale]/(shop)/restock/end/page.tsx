import type { Metadata } from "next";
import { Card } from "@/components/ui/card";
import { getMessages } from "@/lib/i18n";
import { localeOf } from "../../page-locale";
import { endRestockAction } from "../actions";
import { EndForm } from "./end-form";

interface EndProps {
  params: Promise<{ locale: string }>;
}

export const metadata: Metadata = { robots: { index: false } };

/** Where the link under a restock mail leads. Opening it changes nothing; the button does. */
export default async function RestockEnd({ params }: Readonly<EndProps>) {
  const locale = await localeOf(params);
  const t = getMessages(locale).life.restock;
  return (
    <Card className="mx-auto max-w-md space-y-4">
      <header>
        <h1 className="text-xl font-semibold tracking-tight">{t.endTitle}</h1>
        <p className="mt-1 text-soft">{t.endLead}</p>
      </header>
      <EndForm t={t} action={endRestockAction} />
    </Card>
  );
}
