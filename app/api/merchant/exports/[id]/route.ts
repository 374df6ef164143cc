import type { NextRequest } from "next/server";
import { answerExport } from "@/lib/entry/export-route";

export const dynamic = "force-dynamic";

export async function GET(_request: NextRequest, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return answerExport((await params).id);
}
