import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { SelectField, TextField } from "@/components/form/fields";
import { Card } from "@/components/ui/card";
import type { OrderPage } from "@/lib/features/merchants/order-page";
import { findWarranties, listReplacementsOf, type PromisedWarranty } from "@/lib/features/replacements/queries";
import { REPLACEMENT_REASONS, warrantyEnd } from "@/lib/features/replacements/rules";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import { Part } from "./page-head";
import { ReplacementsTable } from "./replacements-table";
import { inLocale } from "./view";

type FormAction = ComponentProps<typeof ActionForm>["action"];

export interface ReplaceActs {
  readonly replace: FormAction;
  readonly cancel: FormAction;
}

interface OrderReplacementsProps {
  locale: Locale;
  viewer: Viewer;
  base: string;
  order: OrderPage;
  acts: ReplaceActs;
}

/** What was replaced of an order, and the form that replaces another card of it. */
export async function OrderReplacements({ locale, viewer, base, order, acts }: Readonly<OrderReplacementsProps>) {
  const rows = await listReplacementsOf(getDeps(), viewer, order.id);
  if (order.status !== "delivered" && rows.length === 0) return null;
  const warranties = order.status === "delivered" ? await findWarranties(getDeps(), order.id) : [];
  const t = getMessages(locale).life.replace;
  return (
    <Part title={t.title} note={order.status === "delivered" ? t.lead : undefined}>
      {warranties.map((line) => (
        <p key={line.titleEn} className="mb-3 text-sm">
          {warranties.length > 1 ? `${inLocale(locale, line.titleZh, line.titleEn)}: ` : ""}
          {promiseOf(line, locale)}
        </p>
      ))}
      {rows.length > 0 ? <ReplacementsTable {...{ locale, base, rows }} cancel={acts.cancel} isOfOneOrder /> : null}
      {order.status === "delivered" ? (
        <Card className="mt-4 max-w-2xl">
          <ReplaceForm {...{ locale, order, acts }} seen={rows.length} isAdmin={viewer.kind === "admin"} />
        </Card>
      ) : null}
    </Part>
  );
}

function promiseOf({ hours, deliveredAt, isOver, used, countMax }: PromisedWarranty, locale: Locale): string {
  const t = getMessages(locale).life.replace;
  const end = formatStamp(warrantyEnd(hours, deliveredAt) ?? deliveredAt, locale);
  return fill(isOver ? t.warrantyOver : t.warranty, { end, used, count: countMax });
}

interface ReplaceFormProps {
  locale: Locale;
  order: OrderPage;
  acts: ReplaceActs;
  seen: number;
  isAdmin: boolean;
}

function ReplaceForm({ locale, order, acts, seen, isAdmin }: Readonly<ReplaceFormProps>) {
  const { life, staff } = getMessages(locale);
  const t = life.replace;
  return (
    <ActionForm
      action={acts.replace}
      locale={locale}
      errors={{ ...staff.errors, ...life.errors }}
      className="grid gap-3 sm:grid-cols-2"
    >
      <input type="hidden" name="replacementId" value={newId()} />
      <input type="hidden" name="orderId" value={order.id} />
      <input type="hidden" name="seen" value={seen} />
      <TextField
        name="position"
        label={t.position}
        hint={fill(t.positionHint, { count: formatCount(order.quantity, locale) })}
        inputMode="numeric"
        required
        defaultValue={order.quantity === 1 ? "1" : ""}
      />
      <SelectField name="reason" label={t.reason}>
        {REPLACEMENT_REASONS.map((reason) => (
          <option key={reason} value={reason}>
            {t.reasons[reason]}
          </option>
        ))}
      </SelectField>
      <div className="sm:col-span-2">
        <TextField name="note" label={t.note} hint={t.noteHint} maxLength={limits.moveReasonMax} />
      </div>
      {isAdmin ? (
        <label className="flex min-h-11 items-center gap-2 text-sm sm:col-span-2">
          <input type="checkbox" name="isGoodwill" className="size-4" />
          {t.goodwill}
        </label>
      ) : null}
      <div className="sm:col-span-2">
        <ActionSubmit variant="ink" pendingLabel={t.going}>
          {t.go}
        </ActionSubmit>
      </div>
    </ActionForm>
  );
}
