import Link from "next/link";
import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { listFilters } from "@/lib/features/merchants/saved-filters";
import type { OrderListQuery } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import { getDeps } from "@/lib/platform/deps";
import type { ViewProps } from "./view";

type FormAction = ComponentProps<typeof ActionForm>["action"];

const KEPT = ["q", "status", "exception", "from", "to"] as const;

interface SavedFiltersProps extends ViewProps {
  readonly query: OrderListQuery;
  readonly actions: { readonly save: FormAction; readonly forget: FormAction };
}

/** The filters that this person kept, a click away; and, while one is on, a place to keep it. */
export async function SavedFilters({ locale, viewer, base, query, actions }: SavedFiltersProps) {
  const { selling, staff } = getMessages(locale);
  const t = selling.filters;
  const filters = await listFilters(getDeps(), viewer);
  const isFiltered = KEPT.some((name) => Boolean(query[name]));
  if (filters.length === 0 && !isFiltered) return null;
  return (
    <section aria-label={t.title} className="mb-3 flex flex-wrap items-end gap-2 text-sm">
      {filters.map(({ id, name, query: kept }) => (
        <span key={id} className="inline-flex items-center rounded-md border">
          <Link href={`${base}/orders?${kept}`} prefetch={false} className="px-3 py-1.5 hover:underline">
            {name}
          </Link>
          <ActionForm action={actions.forget} locale={locale} errors={staff.errors}>
            <input type="hidden" name="filterId" value={id} />
            <ActionSubmit size="sm" variant="quiet" pendingLabel="…" aria-label={fill(t.forget, { name })}>
              ×
            </ActionSubmit>
          </ActionForm>
        </span>
      ))}
      {isFiltered ? (
        <ActionForm
          action={actions.save}
          locale={locale}
          errors={staff.errors}
          className="flex flex-wrap items-end gap-2"
        >
          {KEPT.map((name) => (
            <input key={name} type="hidden" name={name} value={query[name] ?? ""} />
          ))}
          <TextField name="name" label={t.name} required maxLength={40} className="h-9 w-40 text-sm" />
          <ActionSubmit size="sm" pendingLabel={staff.form.saving}>
            {t.save}
          </ActionSubmit>
        </ActionForm>
      ) : null}
    </section>
  );
}
