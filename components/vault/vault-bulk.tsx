"use client";

import { type ComponentProps, type ReactNode, useId } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Field } from "@/components/form/field";
import { SelectField, TextField } from "@/components/form/fields";
import { Button } from "@/components/ui/button";
import { Input, Select } from "@/components/ui/input";
import { VAULT_MOVES } from "@/lib/features/vault/rules";
import type { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { poolNameIn } from "@/lib/i18n/pool-name";
import { limits } from "@/lib/kernel/limits";
import type { Role } from "@/lib/kernel/viewer";

type Words = ReturnType<typeof getMessages>["vault"];

interface VaultBulkProps {
  locale: Locale;
  role: Role;
  query: string | null;
  move: ComponentProps<typeof ActionForm>["action"];
  moveId: string;
  picked: ReadonlySet<string>;
  t: Words;
  words: Readonly<Record<"kinds" | "errors" | "pool", Readonly<Record<string, string>>>>;
  /** Where cards can be laid; with one pool there is nowhere else. */
  pools: readonly { readonly id: string; readonly slug: string; readonly name: string }[];
}

/** What can be done with many cards at once: with the picked ones, or with all that the filters show. One form for each act. */
export function VaultBulk(props: Readonly<VaultBulkProps>) {
  const { locale, role, query, move, moveId, picked, t, words, pools } = props;
  const hasPools = pools.length > 1;
  const b = t.bulk;
  const target = <Target locale={locale} query={query} picked={picked} t={t} />;
  return (
    <details className="mt-6 rounded-md border px-4 py-2">
      <summary className="cursor-pointer py-1 text-sm font-medium">{b.title}</summary>
      <div className="grid gap-x-10 gap-y-6 py-3 lg:grid-cols-2">
        <Act title={b.moveTitle} lead={fill(b.moveLead, { count: formatCount(limits.vaultCardsPerAct, locale) })}>
          <ActionForm action={move} locale={locale} errors={words.errors} saved={b.moved} className="space-y-3">
            <input type="hidden" name="moveId" value={moveId} />
            {target}
            <SelectField name="kind" label={b.what}>
              {VAULT_MOVES.filter((kind) => hasPools || kind !== "transfer").map((kind) => (
                <option key={kind} value={kind}>
                  {words.kinds[kind]}
                </option>
              ))}
            </SelectField>
            {hasPools ? (
              <SelectField name="toPoolId" label={words.pool.label ?? ""} hint={words.pool.hint ?? ""}>
                <option value="">{words.pool.none}</option>
                {pools.map((pool) => (
                  <option key={pool.id} value={pool.id}>
                    {poolNameIn(locale, pool)}
                  </option>
                ))}
              </SelectField>
            ) : null}
            <TextField name="reason" label={b.reason} required maxLength={limits.vaultReasonMax} />
            <ActionSubmit size="sm" pendingLabel={b.moving}>
              {b.move}
            </ActionSubmit>
          </ActionForm>
        </Act>
        {role === "merchant" ? (
          <Act title={b.exportTitle} lead={b.exportLead}>
            <ExportForm target={target} t={t} />
          </Act>
        ) : null}
      </div>
    </details>
  );
}

function Act({ title, lead, children }: Readonly<{ title: string; lead: string; children: ReactNode }>) {
  return (
    <section className="space-y-2">
      <h2 className="text-sm font-semibold">{title}</h2>
      <p className="text-sm text-faint">{lead}</p>
      {children}
    </section>
  );
}

interface TargetProps {
  locale: Locale;
  query: string | null;
  picked: ReadonlySet<string>;
  t: Words;
}

/** Which cards: without scripts nothing can be picked, so it is all that the filters show. */
function Target({ locale, query, picked, t }: Readonly<TargetProps>) {
  const isAny = picked.size > 0;
  return (
    <fieldset className="space-y-1 text-sm">
      {query === null ? null : <input type="hidden" name="query" value={query} />}
      {[...picked].map((id) => (
        <input key={id} type="hidden" name="cards" value={id} />
      ))}
      <label className="flex min-h-9 items-center gap-2 nojs:hidden">
        <input key={`some-${isAny}`} type="radio" name="all" value="0" defaultChecked={isAny} className="size-4" />
        {fill(t.bulk.picked, { count: formatCount(picked.size, locale) })}
      </label>
      {query === null ? null : (
        <label className="flex min-h-9 items-center gap-2">
          <input type="radio" name="all" value="1" required className="size-4" />
          {t.bulk.all}
        </label>
      )}
    </fieldset>
  );
}

/** A plain form: the answer is a file, and the browser takes it as it comes. */
function ExportForm({ target, t }: Readonly<{ target: ReactNode; t: Words }>) {
  const id = useId();
  return (
    <form method="post" action="/api/merchant/vault/export" className="space-y-3">
      {target}
      <Field id={id} label={t.bulk.reason}>
        <Input id={id} name="reason" required maxLength={limits.vaultReasonMax} />
      </Field>
      <Field id={`${id}-format`} label={t.bulk.format}>
        <Select id={`${id}-format`} name="format" defaultValue="txt">
          <option value="txt">{t.bulk.formats.txt}</option>
          <option value="jsonl">{t.bulk.formats.jsonl}</option>
        </Select>
      </Field>
      <Button type="submit" size="sm">
        {t.bulk.export}
      </Button>
    </form>
  );
}
