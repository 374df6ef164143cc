import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { CheckboxesField, TextField } from "@/components/form/fields";
import { Badge } from "@/components/ui/badge";
import { type EndpointRow, listEndpoints } from "@/lib/features/webhooks/endpoints";
import { WEBHOOK_KINDS } from "@/lib/features/webhooks/rules";
import { getMessages } from "@/lib/i18n";
import { getDeps } from "@/lib/platform/deps";
import { Part } from "./page-head";
import { ShownOnce } from "./shown-once";
import { wordOf } from "./state-badges";
import type { ViewProps } from "./view";

type FormAction = ComponentProps<typeof ActionForm>["action"];
interface EndpointsPartProps extends ViewProps {
  readonly actions: {
    readonly add: FormAction;
    readonly rotate: FormAction;
    readonly toggle: FormAction;
    readonly ping: FormAction;
  };
}

export async function EndpointsPart({ actions, ...view }: EndpointsPartProps) {
  const { locale, viewer } = view;
  const { developers, staff, shop } = getMessages(locale);
  const t = developers.endpoints;
  const endpoints = await listEndpoints(getDeps(), viewer);
  return (
    <Part title={t.title} note={t.note}>
      {endpoints.length === 0 ? <p className="mb-3 text-sm text-soft">{t.none}</p> : null}
      {endpoints.map((endpoint) => (
        <Endpoint key={endpoint.id} {...view} endpoint={endpoint} actions={actions} />
      ))}
      <div className="mt-3 rounded-md border bg-surface p-4">
        <h3 className="mb-3 text-sm font-medium">{t.add}</h3>
        <ActionForm action={actions.add} locale={locale} errors={staff.errors} className="max-w-xl space-y-4">
          <ShownOnce title={t.shown} hint={t.shownHint} words={shop.common} />
          <TextField
            name="url"
            type="url"
            label={t.url}
            hint={t.urlHint}
            required
            maxLength={500}
            placeholder="https://"
          />
          <CheckboxesField
            name="kinds"
            label={t.kinds}
            choices={WEBHOOK_KINDS.map((kind) => [kind, `${kind} · ${developers.kindWords[kind]}`] as const)}
            checked={["order.delivered"]}
          />
          <ActionSubmit variant="ink" size="sm" pendingLabel={staff.form.saving}>
            {t.create}
          </ActionSubmit>
        </ActionForm>
      </div>
    </Part>
  );
}

function Endpoint({ locale, endpoint, actions }: EndpointsPartProps & { readonly endpoint: EndpointRow }) {
  const { developers, staff, shop } = getMessages(locale);
  const t = developers.endpoints;
  const isActive = endpoint.status === "active";
  const form = { locale, errors: staff.errors };
  const id = <input type="hidden" name="endpointId" value={endpoint.id} />;
  return (
    <section className="mb-2 rounded-md border bg-surface px-4 py-3 text-sm" aria-label={endpoint.url}>
      <p className="flex flex-wrap items-center justify-between gap-2">
        <code className="min-w-0 break-all">{endpoint.url}</code>
        <Badge tone={isActive ? "strong" : "muted"}>{isActive ? t.active : t.disabled}</Badge>
      </p>
      <p className="mt-1 text-faint">{endpoint.kinds.map((kind) => wordOf(developers.kindWords, kind)).join(" · ")}</p>
      <div className="mt-2 flex flex-wrap gap-2">
        {isActive ? (
          <ActionForm {...form} action={actions.ping} saved={t.pinged}>
            {id}
            <ActionSubmit size="sm" pendingLabel={staff.form.saving}>
              {t.ping}
            </ActionSubmit>
          </ActionForm>
        ) : null}
        <ActionForm {...form} action={actions.rotate}>
          {id}
          <ShownOnce title={t.shown} hint={t.rotatedHint} words={shop.common} />
          <ActionSubmit size="sm" pendingLabel={staff.form.saving}>
            {t.rotate}
          </ActionSubmit>
        </ActionForm>
        <ActionForm {...form} action={actions.toggle}>
          {id}
          <input type="hidden" name="status" value={isActive ? "disabled" : "active"} />
          <ActionSubmit size="sm" pendingLabel={staff.form.saving}>
            {isActive ? t.disable : t.enable}
          </ActionSubmit>
        </ActionForm>
      </div>
    </section>
  );
}
