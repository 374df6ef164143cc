import type { NextRequest } from "next/server";
import { answerRejects } from "@/lib/entry/card-upload-route";

export const dynamic = "force-dynamic";

export async function GET(request: NextRequest, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return answerRejects(request, (await params).id);
}
