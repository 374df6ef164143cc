import type { ComponentProps, ReactNode } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { AreaField, SelectField, TextField } from "@/components/form/fields";
import type { FindingHead } from "@/lib/features/reconciliation/find-finding";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import type { Viewer } from "@/lib/kernel/viewer";

type FormAction = ComponentProps<typeof ActionForm>["action"];

/** What an admin can do with a finding itself, as the page that has the actions gives them. */
export interface WorkActions {
  readonly take: FormAction;
  readonly leave: FormAction;
  readonly assign: FormAction;
  readonly note: FormAction;
  readonly close: FormAction;
  readonly reopen: FormAction;
}

interface WorkProps {
  readonly locale: Locale;
  readonly viewer: Viewer;
  readonly finding: FindingHead;
  readonly admins: readonly { readonly id: string; readonly email: string }[];
  readonly actions: WorkActions;
}

/** Take it, hand it over, write a note, close it with a reason; or, once it is closed, open it again. */
export function FindingWork({ locale, viewer, finding, admins, actions }: WorkProps) {
  const isClosed = finding.resolvedAt !== null;
  return (
    <div className="space-y-2">
      {isClosed ? <Reopen {...{ locale, finding }} action={actions.reopen} /> : null}
      {isClosed ? null : <Hands {...{ locale, viewer, finding, actions }} />}
      {isClosed ? null : <Assign {...{ locale, finding, admins }} action={actions.assign} />}
      <Note {...{ locale, finding }} action={actions.note} />
      {isClosed ? null : <Close {...{ locale, finding }} action={actions.close} />}
    </div>
  );
}

interface FormProps {
  readonly locale: Locale;
  readonly finding: FindingHead;
  readonly action: FormAction;
}

function Work({ locale, finding, action, children }: FormProps & { readonly children: ReactNode }) {
  const { staff, findings } = getMessages(locale);
  return (
    <ActionForm action={action} locale={locale} errors={{ ...staff.errors, ...findings.errors }} className="space-y-2">
      <input type="hidden" name="findingId" value={finding.id} />
      {children}
    </ActionForm>
  );
}

function Hands({ locale, viewer, finding, actions }: Omit<WorkProps, "admins">) {
  const t = getMessages(locale).findings.page;
  if (finding.ownerId !== null && finding.ownerId !== viewer.userId) return null;
  const isMine = finding.ownerId !== null;
  return (
    <Work {...{ locale, finding }} action={isMine ? actions.leave : actions.take}>
      <ActionSubmit size="sm" variant={isMine ? "outline" : "ink"} pendingLabel={t.taking}>
        {isMine ? t.leave : t.take}
      </ActionSubmit>
    </Work>
  );
}

function Assign({ locale, finding, admins, action }: FormProps & Pick<WorkProps, "admins">) {
  const t = getMessages(locale).findings.page;
  return (
    <Folded summary={t.assignGo}>
      <Work {...{ locale, finding, action }}>
        <input type="hidden" name="seenOwner" value={finding.ownerId ?? ""} />
        <SelectField name="ownerId" label={t.assign} defaultValue={finding.ownerId ?? ""}>
          <option value="">{t.toNobody}</option>
          {admins.map(({ id, email }) => (
            <option key={id} value={id}>
              {email}
            </option>
          ))}
        </SelectField>
        <ActionSubmit size="sm" pendingLabel={t.saving}>
          {t.assignGo}
        </ActionSubmit>
      </Work>
    </Folded>
  );
}

function Note({ locale, finding, action }: FormProps) {
  const t = getMessages(locale).findings.page;
  return (
    <Folded summary={t.noteGo}>
      <Work {...{ locale, finding, action }}>
        <AreaField name="note" label={t.note} hint={t.noteHint} required maxLength={limits.findingNoteMax} />
        <ActionSubmit size="sm" pendingLabel={t.saving}>
          {t.noteGo}
        </ActionSubmit>
      </Work>
    </Folded>
  );
}

function Close({ locale, finding, action }: FormProps) {
  const t = getMessages(locale).findings.page;
  if (finding.kind === "invariant_broken") return <p className="text-sm text-soft">{t.heldByAudit}</p>;
  return (
    <Folded summary={t.close}>
      <Work {...{ locale, finding, action }}>
        <p className="text-sm text-soft">{t.closeLead}</p>
        <TextField name="reason" label={t.reason_} required maxLength={limits.findingReasonMax} />
        <div className="flex flex-wrap gap-2">
          {(["accepted", "resolved"] as const).map((as) => (
            <ActionSubmit key={as} size="sm" name="as" value={as} pendingLabel={t.saving}>
              {as === "accepted" ? t.accept : t.resolve}
            </ActionSubmit>
          ))}
        </div>
      </Work>
    </Folded>
  );
}

function Reopen({ locale, finding, action }: FormProps) {
  const t = getMessages(locale).findings.page;
  return (
    <Folded summary={t.reopen}>
      <Work {...{ locale, finding, action }}>
        <p className="text-sm text-soft">
          {t.closed} {t.reopenLead}
        </p>
        <TextField name="reason" label={t.reason_} required maxLength={limits.findingReasonMax} />
        <ActionSubmit size="sm" pendingLabel={t.saving}>
          {t.reopen}
        </ActionSubmit>
      </Work>
    </Folded>
  );
}

const Folded = ({ summary, children }: Readonly<{ summary: string; children: ReactNode }>) => (
  <details className="text-sm">
    <summary className="w-fit cursor-pointer py-1 underline decoration-line underline-offset-4">{summary}</summary>
    <div className="mt-2 max-w-md">{children}</div>
  </details>
);
