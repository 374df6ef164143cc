import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { AreaField, SelectField, TextField } from "@/components/form/fields";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { CARD_MOVES, type CardMoveKind } from "@/lib/features/inventory/rules";
import type { BatchDetail } from "@/lib/features/merchants/batches";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { Part } from "./page-head";

type FormAction = ComponentProps<typeof ActionForm>["action"];

/** What can be done to the cards of a batch that nobody has bought. */
export interface BatchActs {
  readonly moveBatch: FormAction;
  readonly moveCards: FormAction;
  readonly takeBack: FormAction;
}

interface BatchLifeProps {
  locale: Locale;
  batch: BatchDetail;
  acts: BatchActs;
}

/** Putting aside, returning and withdrawing, of the whole rest of a batch or of single cards. */
export function BatchLife({ locale, batch, acts }: Readonly<BatchLifeProps>) {
  const t = getMessages(locale).life.batch;
  const { available, quarantined } = batch.counts;
  const isHeld = batch.holdId !== null;
  const count = (n: number) => formatCount(n, locale);
  if (batch.status !== "published" || (available === 0 && quarantined === 0 && !isHeld)) return null;
  return (
    <Part title={t.title} note={t.lead}>
      {isHeld ? (
        <Notice tone="seal" className="mb-4">
          {t.held}
        </Notice>
      ) : null}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {available > 0 && !isHeld ? (
          <MoveForm
            {...{ locale, batch, acts }}
            kind="quarantine"
            label={fill(t.putAside, { count: count(available) })}
            busy={t.puttingAside}
          />
        ) : null}
        {quarantined > 0 || isHeld ? (
          <MoveForm
            {...{ locale, batch, acts }}
            kind="restore"
            label={quarantined > 0 ? fill(t.giveBack, { count: count(quarantined) }) : t.lift}
            busy={t.givingBack}
            note={t.giveBackLead}
          />
        ) : null}
        {quarantined > 0 ? (
          <MoveForm
            {...{ locale, batch, acts }}
            kind="withdraw"
            label={fill(t.throwAway, { count: count(quarantined) })}
            busy={t.throwingAway}
          />
        ) : null}
      </div>
      {available > 0 || quarantined > 0 ? <SingleCards {...{ locale, batch, acts }} /> : null}
    </Part>
  );
}

const sentencesOf = (locale: Locale) => ({ ...getMessages(locale).staff.errors, ...getMessages(locale).life.errors });

type MoveFormProps = Readonly<BatchLifeProps & { kind: CardMoveKind; label: string; busy: string; note?: string }>;

function MoveForm({ locale, batch, acts, kind, label, busy, note }: MoveFormProps) {
  const t = getMessages(locale).life.batch;
  return (
    <Card>
      <ActionForm action={acts.moveBatch} locale={locale} errors={sentencesOf(locale)} className="space-y-3">
        <Intention batch={batch} kind={kind} />
        {note ? <p className="text-sm text-soft">{note}</p> : null}
        <TextField name="reason" label={t.reason} hint={t.reasonHint} required maxLength={limits.moveReasonMax} />
        {kind === "withdraw" ? (
          <label className="flex min-h-11 items-center gap-2 text-sm">
            <input type="checkbox" required className="size-4" />
            {t.sure}
          </label>
        ) : null}
        <ActionSubmit variant={kind === "restore" ? "ink" : "outline"} pendingLabel={busy}>
          {label}
        </ActionSubmit>
      </ActionForm>
    </Card>
  );
}

/** The id is made with the form: sent twice, it is one move. */
function Intention({ batch, kind }: Readonly<{ batch: BatchDetail; kind?: CardMoveKind }>) {
  return (
    <>
      <input type="hidden" name="moveId" value={newId()} />
      <input type="hidden" name="batchId" value={batch.id} />
      {kind ? <input type="hidden" name="kind" value={kind} /> : null}
    </>
  );
}

function SingleCards({ locale, batch, acts }: Readonly<BatchLifeProps>) {
  const t = getMessages(locale).life.batch;
  return (
    <details className="mt-4">
      <summary className="w-fit cursor-pointer py-2 text-sm underline decoration-line underline-offset-4">
        {t.single}
      </summary>
      <Card className="mt-2 max-w-2xl">
        <ActionForm
          action={acts.moveCards}
          locale={locale}
          errors={sentencesOf(locale)}
          saved={t.done}
          className="space-y-3"
        >
          <Intention batch={batch} />
          <SelectField name="kind" label={t.what}>
            {CARD_MOVES.map((kind) => (
              <option key={kind} value={kind}>
                {t.kinds[kind]}
              </option>
            ))}
          </SelectField>
          <AreaField
            name="cards"
            label={t.cards}
            hint={fill(t.cardsHint, { count: formatCount(limits.namedCardsMax, locale) })}
            required
            spellCheck={false}
            autoComplete="off"
            className="font-mono"
          />
          <TextField name="reason" label={t.reason} required maxLength={limits.moveReasonMax} />
          <ActionSubmit variant="outline" pendingLabel={t.going}>
            {t.go}
          </ActionSubmit>
        </ActionForm>
      </Card>
    </details>
  );
}
