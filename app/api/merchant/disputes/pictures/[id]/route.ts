import { answerStaffPicture } from "@/lib/entry/dispute-route";

export const dynamic = "force-dynamic";

export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }) {
  return answerStaffPicture((await params).id);
}
