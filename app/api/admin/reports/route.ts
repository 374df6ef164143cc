import { answerCloses } from "@/lib/entry/report-route";

export const dynamic = "force-dynamic";
export { answerCloses as POST };
