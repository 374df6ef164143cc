import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Field } from "@/components/form/field";
import { Card } from "@/components/ui/card";
import { Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { findPromisePage, type PromisePage } from "@/lib/features/promises/queries";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";
import { Facts, Part } from "./page-head";
import { inLocale } from "./view";

type FormAction = ComponentProps<typeof ActionForm>["action"];

interface OrderPromiseProps {
  locale: Locale;
  viewer: Viewer;
  orderId: string;
  /** Absent for admins, who do not deliver in a merchant's name. */
  deliver?: FormAction | undefined;
}

/** What an order was promised and until when, what its buyer wrote, and the form by which its merchant delivers. */
export async function OrderPromise({ locale, viewer, orderId, deliver }: Readonly<OrderPromiseProps>) {
  const promise = await findPromisePage(getDeps(), viewer, orderId);
  if (!promise) return null;
  const t = getMessages(locale).kinds.order;
  const isManual = promise.kind === "manual";
  return (
    <Part title={t[promise.kind]} note={promise.isWaiting ? (isManual ? t.manualLead : t.presaleLead) : undefined}>
      <p className="mb-3 text-sm">{standingOf(promise, locale)}</p>
      {promise.isOverdue ? (
        <Notice tone="seal" className="mb-4">
          {t.overdue}
        </Notice>
      ) : null}
      {isManual ? <Answers {...{ locale, viewer, promise }} /> : null}
      {isManual && promise.isWaiting && deliver ? (
        <Card className="mt-4 max-w-2xl">
          <DeliverForm {...{ locale, orderId, deliver }} pieces={promise.lacking} />
        </Card>
      ) : null}
    </Part>
  );
}

function standingOf({ isWaiting, dueAt, lacking }: PromisePage, locale: Locale): string {
  const t = getMessages(locale).kinds.order;
  if (!isWaiting && lacking === 0) return t.done;
  return dueAt ? fill(t.due, { at: formatStamp(dueAt, locale) }) : t.notYet;
}

function Answers({ locale, viewer, promise }: Readonly<{ locale: Locale; viewer: Viewer; promise: PromisePage }>) {
  const t = getMessages(locale).kinds.order;
  if (viewer.kind !== "merchant") return <p className="text-sm text-faint">{t.hidden}</p>;
  if (promise.answers.length === 0) return <p className="text-sm text-soft">{t.noAnswers}</p>;
  return (
    <>
      <h3 className="mb-2 text-sm font-semibold">{t.answers}</h3>
      <Facts
        facts={promise.answers.map(({ field, text }) => [
          inLocale(locale, field.zh, field.en),
          <span key={field.key} className="break-all whitespace-pre-wrap">
            {text}
          </span>,
        ])}
      />
    </>
  );
}

interface DeliverFormProps {
  locale: Locale;
  orderId: string;
  pieces: number;
  deliver: FormAction;
}

function DeliverForm({ locale, orderId, pieces, deliver }: Readonly<DeliverFormProps>) {
  const { staff, kinds } = getMessages(locale);
  const t = kinds.order;
  return (
    <ActionForm action={deliver} locale={locale} errors={{ ...staff.errors, ...t.errors }} className="space-y-4">
      <input type="hidden" name="orderId" value={orderId} />
      {Array.from({ length: pieces }, (_, at) => at + 1).map((number) => (
        <Field
          key={number}
          id={`content-${number}`}
          label={fill(t.content, { number })}
          hint={number === 1 ? t.contentHint : undefined}
        >
          <Textarea id={`content-${number}`} name="content" required rows={3} autoComplete="off" spellCheck={false} />
        </Field>
      ))}
      <ActionSubmit variant="seal" pendingLabel={t.delivering}>
        {t.deliver}
      </ActionSubmit>
    </ActionForm>
  );
}
