import type { NextRequest } from "next/server";
import { answerAnswer, type DisputeParams } from "@/lib/entry/dispute-route";

export const dynamic = "force-dynamic";

export async function POST(request: NextRequest, { params }: { params: Promise<DisputeParams> }) {
  return answerAnswer(request, await params);
}
