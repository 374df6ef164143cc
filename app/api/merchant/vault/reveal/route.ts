import { answerCardReveal } from "@/lib/entry/vault-route";

export const dynamic = "force-dynamic";
export { answerCardReveal as POST };
