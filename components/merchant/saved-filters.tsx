import Link from "next/link";
import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { type FilteredList, listFilters } from "@/lib/features/merchants/saved-filters";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { Viewer } from "@/lib/kernel/viewer";
import { getDeps } from "@/lib/platform/deps";

type FormAction = ComponentProps<typeof ActionForm>["action"];

interface SavedFiltersProps {
  readonly locale: Locale;
  readonly viewer: Viewer;
  readonly list: FilteredList;
  /** The address of the list without its query. */
  readonly path: string;
  /** What the address says now, and whether any of it narrows the list. */
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly isFiltered: boolean;
  readonly words?: { readonly title: string; readonly name: string; readonly save: string; readonly forget: string };
  readonly actions: { readonly save: FormAction; readonly forget: FormAction };
}

/** The filters that this person kept, a click away; and, while one is on, a place to keep it. */
export async function SavedFilters(props: SavedFiltersProps) {
  const { locale, viewer, list, path, values, isFiltered, actions } = props;
  const { selling, staff } = getMessages(locale);
  const t = props.words ?? selling.filters;
  const filters = await listFilters(getDeps(), viewer, list);
  if (filters.length === 0 && !isFiltered) return null;
  return (
    <section aria-label={t.title} className="mb-3 flex flex-wrap items-end gap-2 text-sm">
      {filters.map(({ id, name, query: kept }) => (
        <span key={id} className="inline-flex items-center rounded-md border">
          <Link href={`${path}?${kept}`} prefetch={false} className="px-3 py-1.5 hover:underline">
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
        <details>
          <summary className="w-fit py-1.5 text-soft underline decoration-line underline-offset-4">{t.save}</summary>
          <ActionForm
            action={actions.save}
            locale={locale}
            errors={staff.errors}
            className="mt-1 flex flex-wrap items-end gap-2"
          >
            {Object.entries(values).map(([name, value]) => (
              <input key={name} type="hidden" name={name} value={value ?? ""} />
            ))}
            <TextField name="name" label={t.name} required maxLength={40} className="h-9 w-40 text-sm" />
            <ActionSubmit size="sm" pendingLabel={staff.form.saving}>
              {staff.form.save}
            </ActionSubmit>
          </ActionForm>
        </details>
      ) : null}
    </section>
  );
}
