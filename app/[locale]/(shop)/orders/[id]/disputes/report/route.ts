import type { NextRequest } from "next/server";
import { answerReport } from "@/lib/entry/dispute-route";

export const dynamic = "force-dynamic";

export async function POST(request: NextRequest, { params }: { params: Promise<{ locale: string; id: string }> }) {
  return answerReport(request, await params);
}
