import type { NextRequest } from "next/server";
import type { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { storable } from "./storable";
import { chunksOf } from "./upload";

/** A form with pictures as a plain browser sends it. */
export interface SentForm<T> {
  readonly input: T;
  readonly pictures: readonly Buffer[];
}

export type FormRefusal = "form_too_large" | "pictures_busy" | "invalid" | "too_long" | "required";

let inFlight = 0;

/** The body within its bound; what lies beyond is read and thrown away, so that the sender hears the answer. */
async function readBounded(request: NextRequest): Promise<Buffer<ArrayBuffer> | null> {
  if (!request.body) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunksOf(request.body)) {
    size += chunk.length;
    if (size > limits.discardedBodyBytesMax) break;
    if (size <= limits.disputeFormBytesMax) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > limits.disputeFormBytesMax ? null : (Buffer.concat(chunks, size) as Buffer<ArrayBuffer>);
}

/** What a schema says is wrong, in one word that has a sentence. */
function codeOf(error: z.ZodError): FormRefusal {
  const message = error.issues[0]?.message;
  return message === "too_long" || message === "required" ? message : "invalid";
}

/** A field of files that nobody filled is one empty file without a name. */
const isSent = (value: FormDataEntryValue): value is File => typeof value !== "string" && value.size > 0;

async function parse<S extends z.ZodType>(
  request: NextRequest,
  schema: S,
): Promise<Result<SentForm<z.output<S>>, FormRefusal>> {
  const bytes = await readBounded(request);
  if (!bytes) return err("form_too_large");
  const contentType = request.headers.get("content-type") ?? "";
  const form = await new Response(bytes, { headers: { "content-type": contentType } }).formData().catch(() => null);
  if (!form) return err("invalid");
  const fields = [...form.entries()].filter(([name, value]) => typeof value === "string" && name !== "pictures");
  const parsed = storable(schema).safeParse(Object.fromEntries(fields));
  if (!parsed.success) return err(codeOf(parsed.error));
  const files = form.getAll("pictures").filter(isSent);
  const pictures = await Promise.all(files.map(async (file) => Buffer.from(await file.arrayBuffer())));
  return ok({ input: parsed.data, pictures });
}

/** Reads a form of words and pictures, of which no more than a bound is ever held, and few at once. It believes no name and no type of a file. */
export async function readPictureForm<S extends z.ZodType>(
  request: NextRequest,
  schema: S,
): Promise<Result<SentForm<z.output<S>>, FormRefusal>> {
  if (inFlight >= limits.disputeFormsInFlight) return err("pictures_busy");
  inFlight += 1;
  try {
    return await parse(request, schema);
  } finally {
    inFlight -= 1;
  }
}
