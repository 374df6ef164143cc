import { BulkView } from "@/components/merchant/bulk-view";
import { readWholeQuery } from "@/lib/entry/query";
import { BulkQuery } from "@/lib/features/merchants/schema";
import { getMessages } from "@/lib/i18n";
import { staffPage } from "../../../staff-page";
import { applyBulkAction } from "../../actions";

export const bulkPage = staffPage({
  path: "/products/bulk",
  title: (locale) => getMessages(locale).selling.bulk.title,
  show: async ({ view, searchParams }) => {
    const query = await readWholeQuery(BulkQuery, searchParams);
    return <BulkView {...view} asked={await searchParams} query={query} apply={applyBulkAction} />;
  },
});
