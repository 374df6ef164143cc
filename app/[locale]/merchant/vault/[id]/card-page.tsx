import { CardView } from "@/components/vault/card-view";
import { readQuery, requireId } from "@/lib/entry/query";
import { FoundQuery } from "@/lib/features/vault/schema";
import { staffPage } from "../../../staff-page";
import { setPreviewAction } from "../actions";

export const cardPage = staffPage({
  path: "/vault",
  show: async ({ view, session, id, searchParams }) => {
    const { refused = null } = await readQuery(FoundQuery, searchParams);
    return (
      <CardView
        {...view}
        cardId={requireId("card", id)}
        isProved={session.isProved}
        refused={refused}
        preview={setPreviewAction}
      />
    );
  },
});
