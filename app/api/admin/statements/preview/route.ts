import { answerStatementPreview } from "@/lib/entry/statement-route";

export const dynamic = "force-dynamic";
export { answerStatementPreview as POST };
