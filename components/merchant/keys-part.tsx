import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { CheckboxesField, TextField } from "@/components/form/fields";
import { Badge } from "@/components/ui/badge";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { type ApiKeyRow, listApiKeys } from "@/lib/features/api-keys/keys";
import { API_SCOPES } from "@/lib/features/api-keys/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { Part } from "./page-head";
import { ShownOnce } from "./shown-once";
import { wordOf } from "./state-badges";
import type { ViewProps } from "./view";

type FormAction = ComponentProps<typeof ActionForm>["action"];
interface KeysPartProps extends ViewProps {
  readonly actions: { readonly create: FormAction; readonly rotate: FormAction; readonly revoke: FormAction };
}

export async function KeysPart({ actions, ...view }: KeysPartProps) {
  const { locale, viewer } = view;
  const { developers, staff, shop } = getMessages(locale);
  const t = developers.keys;
  const deps = getDeps();
  const keys = await listApiKeys(deps, viewer);
  const now = deps.clock.now();
  return (
    <Part title={t.title} note={t.note}>
      {keys.length === 0 ? <p className="mb-3 text-sm text-soft">{t.none}</p> : null}
      {keys.length > 0 ? (
        <Table aria-label={t.title}>
          <thead>
            <tr>
              <HeadCell>{t.name}</HeadCell>
              <HeadCell>{t.scopes}</HeadCell>
              <HeadCell>{t.lastUsed}</HeadCell>
              <HeadCell>{t.state}</HeadCell>
              <HeadCell>
                <span className="sr-only">{t.actions}</span>
              </HeadCell>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <KeyRow key={key.id} {...view} apiKey={key} actions={actions} now={now} />
            ))}
          </tbody>
        </Table>
      ) : null}
      <div className="mt-3 rounded-md border bg-surface p-4">
        <h3 className="mb-3 text-sm font-medium">{t.add}</h3>
        <ActionForm action={actions.create} locale={locale} errors={staff.errors} className="max-w-xl space-y-4">
          <ShownOnce title={t.shown} hint={t.shownHint} words={shop.common} />
          <TextField name="name" label={t.name} hint={t.nameHint} required maxLength={limits.apiKeyNameMax} />
          <CheckboxesField
            name="scopes"
            label={t.scopes}
            choices={API_SCOPES.map((scope) => [scope, `${scope} · ${t.scopeWords[scope]}`] as const)}
          />
          <ActionSubmit variant="ink" size="sm" pendingLabel={staff.form.saving}>
            {t.create}
          </ActionSubmit>
        </ActionForm>
      </div>
    </Part>
  );
}

interface KeyRowProps extends KeysPartProps {
  readonly apiKey: ApiKeyRow;
  readonly now: number;
}

function KeyRow({ locale, apiKey, actions, now }: KeyRowProps) {
  const { developers, staff, shop } = getMessages(locale);
  const t = developers.keys;
  const { revokedAt, endsAt } = apiKey;
  const hasEnded = revokedAt !== null || (endsAt !== null && endsAt.getTime() <= now);
  const form = { locale, errors: staff.errors };
  return (
    <tr>
      <Cell>
        {apiKey.name}
        <code className="block text-xs text-faint">{apiKey.hint}…</code>
      </Cell>
      <Cell>{apiKey.scopes.map((scope) => wordOf(t.scopeWords, scope)).join(" · ")}</Cell>
      <Cell className="figures whitespace-nowrap text-soft">
        {apiKey.lastUsedAt ? formatStamp(apiKey.lastUsedAt, locale) : t.never}
      </Cell>
      <Cell>
        <Badge tone={hasEnded ? "muted" : "strong"}>{hasEnded ? t.ended : t.good}</Badge>
        {endsAt && !hasEnded ? (
          <span className="block text-xs text-faint">{fill(t.endsAt, { at: formatStamp(endsAt, locale) })}</span>
        ) : null}
      </Cell>
      <Cell>
        {hasEnded ? null : (
          <span className="flex flex-wrap gap-2">
            {/* It stays when its button goes, because the answer stands in it. */}
            <ActionForm {...form} action={actions.rotate}>
              <input type="hidden" name="keyId" value={apiKey.id} />
              <ShownOnce title={t.shown} hint={t.rotatedHint} words={shop.common} />
              {apiKey.followedBy ? null : (
                <ActionSubmit size="sm" pendingLabel={staff.form.saving}>
                  {t.rotate}
                </ActionSubmit>
              )}
            </ActionForm>
            <ActionForm {...form} action={actions.revoke}>
              <input type="hidden" name="keyId" value={apiKey.id} />
              <ActionSubmit size="sm" pendingLabel={staff.form.saving}>
                {t.revoke}
              </ActionSubmit>
            </ActionForm>
          </span>
        )}
      </Cell>
    </tr>
  );
}
