import { answerImport, answerImportProgress } from "@/lib/entry/import-route";

export const dynamic = "force-dynamic";
export { answerImport as POST, answerImportProgress as GET };
