import { answerPicture } from "@/lib/entry/picture-route";

export const dynamic = "force-dynamic";
export { answerPicture as POST };
