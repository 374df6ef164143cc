import { answerAuth } from "@/lib/entry/auth-route";

export const dynamic = "force-dynamic";
export { answerAuth as GET, answerAuth as POST };
