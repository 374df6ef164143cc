import { answerStatementFile } from "@/lib/entry/report-route";

export const dynamic = "force-dynamic";
export { answerStatementFile as POST };
