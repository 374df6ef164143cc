import { answerVaultRows } from "@/lib/entry/vault-route";

export const dynamic = "force-dynamic";
export { answerVaultRows as GET };
