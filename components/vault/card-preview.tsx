import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { Part } from "@/components/merchant/page-head";
import type { ViewProps } from "@/components/merchant/view";
import { findCardPreview } from "@/lib/features/previews/queries";
import { currencyOf } from "@/lib/flows/judge-previews";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor } from "@/lib/i18n/format";
import { limits } from "@/lib/kernel/limits";
import { type Currency, money, toDecimal } from "@/lib/kernel/money";
import { getDeps } from "@/lib/platform/deps";

const EDITABLE = ["draft", "available", "quarantined"];

interface CardPreviewProps extends Pick<ViewProps, "locale" | "viewer"> {
  card: { readonly id: string; readonly state: string; readonly variantId: string };
  action: ComponentProps<typeof ActionForm>["action"];
}

/** What is public about one card, and what it costs extra: to be changed while nobody has it, and to be read ever after. */
export async function CardPreview({ card, locale, viewer, action }: Readonly<CardPreviewProps>) {
  const deps = getDeps();
  const { vault, staff } = getMessages(locale);
  const t = vault.preview;
  const [said, currency] = await Promise.all([
    findCardPreview(deps, viewer, card.id),
    currencyOf(deps.db, card.variantId),
  ]);
  if (!EDITABLE.includes(card.state)) {
    if (!said) return null;
    const extra = formatMinor(said.extraMinor.toString(), currency, locale);
    return (
      <Part title={t.title}>
        <p className="wrap-anywhere">{fill(t.sold, { preview: said.preview, extra })}</p>
      </Part>
    );
  }
  return (
    <Part title={t.title} note={t.lead}>
      <ActionForm
        action={action}
        locale={locale}
        errors={{ ...staff.errors, ...t.errors }}
        saved={t.saved}
        className="max-w-2xl space-y-4"
      >
        <input type="hidden" name="cardId" value={card.id} />
        <div className="grid gap-4 sm:grid-cols-[2fr_1fr]">
          <TextField
            name="preview"
            label={t.preview}
            hint={t.previewHint}
            maxLength={limits.previewLettersMax}
            defaultValue={said?.preview ?? ""}
            autoComplete="off"
          />
          <TextField
            name="extra"
            label={fill(t.extra, { currency })}
            hint={t.extraHint}
            inputMode="decimal"
            maxLength={12}
            defaultValue={said ? amountOf(said.extraMinor, currency) : ""}
            autoComplete="off"
          />
        </div>
        <ActionSubmit pendingLabel={t.saving}>{t.save}</ActionSubmit>
      </ActionForm>
    </Part>
  );
}

const amountOf = (minor: bigint, currency: Currency): string => (minor === 0n ? "" : toDecimal(money(minor, currency)));
