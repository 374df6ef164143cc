import { DisputesView } from "@/components/disputes/disputes-view";
import { readQuery } from "@/lib/entry/query";
import { DisputeListQuery } from "@/lib/features/disputes/schema";
import { getMessages } from "@/lib/i18n";
import { staffPage } from "../../staff-page";
import { moveBatchAction } from "../batches/actions";

export const disputesPage = staffPage({
  path: "/disputes",
  title: (locale) => getMessages(locale).disputes.title,
  show: async ({ view, searchParams }) => (
    <DisputesView {...view} query={await readQuery(DisputeListQuery, searchParams)} moveBatch={moveBatchAction} />
  ),
});
