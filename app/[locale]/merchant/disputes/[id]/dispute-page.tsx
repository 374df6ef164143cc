import { DisputeView } from "@/components/disputes/dispute-view";
import { readQuery, requireId } from "@/lib/entry/query";
import { DisputePageQuery } from "@/lib/features/disputes/schema";
import { getMessages } from "@/lib/i18n";
import { decideByMoneyAction } from "../../../admin/disputes/actions";
import { staffPage } from "../../../staff-page";
import { moveBatchAction } from "../../batches/actions";
import { answerDisputeAction, decideDisputeAction } from "../actions";

export const disputePage = staffPage({
  path: "/disputes",
  title: (locale) => getMessages(locale).disputes.title,
  show: async ({ view, id, searchParams }) => (
    <DisputeView
      {...view}
      disputeId={requireId("dispute", id)}
      query={await readQuery(DisputePageQuery, searchParams)}
      acts={{
        answer: answerDisputeAction,
        decide: decideDisputeAction,
        moveBatch: moveBatchAction,
        money: view.viewer.kind === "admin" ? decideByMoneyAction : null,
      }}
    />
  ),
});
