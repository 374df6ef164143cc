import { answerStatement, answerStatementProgress } from "@/lib/entry/statement-route";

export const dynamic = "force-dynamic";
export { answerStatement as POST, answerStatementProgress as GET };
