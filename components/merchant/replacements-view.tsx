import type { ComponentProps } from "react";
import type { ActionForm } from "@/components/form/action-form";
import { listReplacements } from "@/lib/features/replacements/queries";
import { REPLACEMENT_STATES } from "@/lib/features/replacements/rules";
import type { ReplacementListQuery } from "@/lib/features/replacements/schema";
import { getMessages } from "@/lib/i18n";
import { getDeps } from "@/lib/platform/deps";
import { ListFrame } from "./list-frame";
import { PageHead } from "./page-head";
import { ReplacementsTable } from "./replacements-table";
import type { ViewProps } from "./view";

interface ReplacementsViewProps extends ViewProps {
  readonly query: ReplacementListQuery;
  readonly cancel: ComponentProps<typeof ActionForm>["action"];
}

/** Every replacement of the viewer's shop, or of all. */
export async function ReplacementsView({ locale, viewer, base, query, cancel }: ReplacementsViewProps) {
  const { rows, page, hasMore } = await listReplacements(getDeps(), viewer, query);
  const t = getMessages(locale).life.replace;
  return (
    <>
      <PageHead title={t.listTitle} lead={t.listLead} />
      <ListFrame
        locale={locale}
        path={`${base}/replacements`}
        filters={[
          {
            name: "status",
            label: t.status,
            value: query.status ?? "",
            options: REPLACEMENT_STATES.map((status) => [status, t.states[status]] as const),
          },
        ]}
        page={page}
        hasMore={hasMore}
        isEmpty={rows.length === 0}
        empty={{ title: t.emptyTitle, text: t.emptyText }}
        none={{ title: t.noneTitle, text: "" }}
      >
        <ReplacementsTable {...{ locale, base, rows, cancel }} />
      </ListFrame>
    </>
  );
}
