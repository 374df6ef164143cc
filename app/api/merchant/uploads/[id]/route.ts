import type { NextRequest } from "next/server";
import { askImportRoute, askUploadRoute, cancelUploadRoute, receiveUploadRoute } from "@/lib/entry/card-upload-route";

export const dynamic = "force-dynamic";

interface Params {
  params: Promise<{ id: string }>;
}

export const HEAD = async (request: NextRequest, { params }: Params) => askUploadRoute(request, (await params).id);
export const PATCH = async (request: NextRequest, { params }: Params) => receiveUploadRoute(request, (await params).id);
export const DELETE = async (request: NextRequest, { params }: Params) => cancelUploadRoute(request, (await params).id);
export const GET = async (request: NextRequest, { params }: Params) => askImportRoute(request, (await params).id);
