import Link from "next/link";
import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { Facts, Part } from "@/components/merchant/page-head";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import type { BrokenPromiseView, PassState, ProofBoard } from "@/lib/features/operations/proof";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";
import { Code } from "./proof-code";

interface StandingProps {
  locale: Locale;
  board: ProofBoard;
  resume: ComponentProps<typeof ActionForm>["action"];
}

/** How the audit stands that goes on by itself: its passes, what it found broken, and the way to resume each. */
export function ProofStanding({ locale, board, resume }: Readonly<StandingProps>) {
  const t = getMessages(locale).admin.proof;
  return (
    <>
      {board.broken.length > 0 ? (
        <Part title={fill(t.brokenTitle, { count: board.broken.length })} note={t.brokenLead}>
          <ul className="space-y-4">
            {board.broken.map((broken) => (
              <li key={broken.id}>
                <Broken locale={locale} broken={broken} resume={resume} />
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
      <Part title={t.passes} note={t.passesNote}>
        <Facts
          facts={[
            [t.continuous, <Stamp key="c" locale={locale} pass={board.continuous} />],
            [t.full, <Stamp key="f" locale={locale} pass={board.full} />],
            [t.round, board.continuous.roundAt ? formatStamp(board.continuous.roundAt, locale) : t.notYet],
          ]}
        />
        {[board.continuous, board.full].map(({ unfinished }) =>
          unfinished ? (
            <Notice key={unfinished} tone="seal" title={t.unfinished} className="mt-3">
              {unfinished}
            </Notice>
          ) : null,
        )}
      </Part>
    </>
  );
}

function Stamp({ locale, pass }: Readonly<{ locale: Locale; pass: PassState }>) {
  const t = getMessages(locale).admin.proof;
  if (!pass.finishedAt) return t.notYet;
  return `${formatStamp(pass.finishedAt, locale)} · ${fill(t.took, { ms: pass.ms ?? 0 })}`;
}

function Broken({ locale, broken, resume }: Readonly<Omit<StandingProps, "board"> & { broken: BrokenPromiseView }>) {
  const { admin, staff } = getMessages(locale);
  const t = admin.proof;
  const { product } = broken;
  return (
    <Notice tone="seal" title={`${broken.invariant} · ${broken.fault}`}>
      <p className="mt-1 flex flex-wrap items-center gap-2">
        {product ? (
          <Link
            href={`/${locale}/admin/products/${toPublicId("product", product.id)}`}
            className="underline underline-offset-4"
          >
            {locale === "zh" ? product.titleZh : product.titleEn}
          </Link>
        ) : (
          t.noProduct
        )}
        {product?.isHalted ? <Badge tone="seal">{t.halted}</Badge> : null}
        <span className="text-faint">
          {fill(t.foundAt, { date: formatStamp(broken.openedAt, locale), count: broken.rowCount })}
        </span>
      </p>
      <Code text={broken.rows.map((row) => JSON.stringify(row)).join("\n")} isRed />
      <ActionForm action={resume} locale={locale} errors={staff.errors} className="mt-3 max-w-md space-y-3">
        <input type="hidden" name="findingId" value={broken.id} />
        <TextField name="reason" label={t.reason} required maxLength={300} />
        <label className="flex min-h-11 items-center gap-2">
          <input type="checkbox" name="isConfirmed" className="size-5" />
          {t.confirm}
        </label>
        <ActionSubmit variant="ink" pendingLabel={t.resuming}>
          {product ? t.resume : t.close}
        </ActionSubmit>
      </ActionForm>
    </Notice>
  );
}
