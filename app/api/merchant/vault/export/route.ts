import { answerVaultExport } from "@/lib/entry/vault-route";

export const dynamic = "force-dynamic";
export { answerVaultExport as POST };
