import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { Notice } from "@/components/ui/notice";
import type { ProductDetail } from "@/lib/features/merchants/products";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { Part } from "./page-head";

type FormAction = ComponentProps<typeof ActionForm>["action"];

interface HaltFormsProps {
  locale: Locale;
  product: ProductDetail;
  halt: FormAction;
  resume: FormAction;
}

/** For admins: stop the sale of a product with a reason, and lift it again. */
export function HaltForms({ locale, product, halt, resume }: Readonly<HaltFormsProps>) {
  const { admin, staff } = getMessages(locale);
  const t = admin.halt;
  return (
    <Part title={t.title} note={t.lead}>
      {product.haltedAt ? (
        <ActionForm action={resume} locale={locale} errors={staff.errors} className="space-y-3">
          <Notice tone="seal" title={fill(t.since, { date: formatStamp(product.haltedAt, locale) })}>
            {product.haltedReason}
          </Notice>
          <input type="hidden" name="productId" value={product.id} />
          <ActionSubmit variant="ink" pendingLabel={t.resuming}>
            {t.resume}
          </ActionSubmit>
        </ActionForm>
      ) : (
        <ActionForm action={halt} locale={locale} errors={staff.errors} className="max-w-md space-y-3">
          <input type="hidden" name="productId" value={product.id} />
          <TextField name="reason" label={t.reason} required maxLength={300} />
          <ActionSubmit variant="seal" pendingLabel={t.halting}>
            {t.halt}
          </ActionSubmit>
        </ActionForm>
      )}
    </Part>
  );
}
