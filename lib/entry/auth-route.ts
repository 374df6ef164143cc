import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { getDeps } from "@/lib/platform/deps";
import { authOptions } from "./auth-options";

/** next-auth's own endpoints, for programs and for its client; our pages use actions that open the same sessions. */
export async function answerAuth(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }) {
  return NextAuth(request, context, authOptions(getDeps()));
}
