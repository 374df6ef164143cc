import { ReplacementsView } from "@/components/merchant/replacements-view";
import { readQuery } from "@/lib/entry/query";
import { ReplacementListQuery } from "@/lib/features/replacements/schema";
import { getMessages } from "@/lib/i18n";
import { staffPage } from "../../staff-page";
import { cancelReplacementAction } from "./actions";

export const replacementsPage = staffPage({
  path: "/replacements",
  title: (locale) => getMessages(locale).life.replace.listTitle,
  show: async ({ view, searchParams }) => {
    const query = await readQuery(ReplacementListQuery, searchParams);
    return <ReplacementsView {...view} query={query} cancel={cancelReplacementAction} />;
  },
});
