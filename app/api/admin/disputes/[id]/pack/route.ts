import type { NextRequest } from "next/server";
import { answerPack } from "@/lib/entry/dispute-route";

export const dynamic = "force-dynamic";

export async function GET(request: NextRequest, { params }: { params: Promise<{ id: string }> }) {
  return answerPack((await params).id, request.nextUrl.searchParams.get("locale"));
}
