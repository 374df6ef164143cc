import type { NextRequest } from "next/server";
import { answerBuyersPicture, type DisputeParams } from "@/lib/entry/dispute-route";

export const dynamic = "force-dynamic";

export async function GET(_request: NextRequest, { params }: { params: Promise<DisputeParams & { picture: string }> }) {
  return answerBuyersPicture(await params);
}
