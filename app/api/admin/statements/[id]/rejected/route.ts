import type { NextRequest } from "next/server";
import { answerRejectedLines } from "@/lib/entry/statement-route";

export const dynamic = "force-dynamic";

export async function GET(request: NextRequest, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return answerRejectedLines(request, (await params).id);
}
