import type { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { type ApiContext, parseJson, type Reply, readBody } from "./http";
import { invalidBody, problem } from "./problem";

interface Reading {
  readonly bytesMax?: number;
  /** What a body without a byte stands for; without this it is no JSON. */
  readonly ifEmpty?: unknown;
}

/** The body as a schema's value, or the answer that says what is wrong with it. */
export async function readJson<T>(
  c: ApiContext,
  schema: z.ZodType<T>,
  { bytesMax = limits.requestBodyBytesMax, ifEmpty }: Reading = {},
): Promise<Result<T, Reply>> {
  const bytes = await readBody(c, bytesMax);
  if (!bytes.ok) return err(problem(bytes.error === "too_large" ? "too_large" : "request_timeout"));
  const isEmpty = bytes.value.length === 0 && ifEmpty !== undefined;
  const json = isEmpty ? ok(ifEmpty) : parseJson(bytes.value);
  if (!json.ok) return err(problem(json.error));
  const parsed = schema.safeParse(json.value);
  return parsed.success ? ok(parsed.data) : err(invalidBody(parsed.error, json.value));
}

/** For addresses without input: whatever is sent is read within bounds and not looked at. */
export async function ignoreBody(c: ApiContext): Promise<Result<null, Reply>> {
  const bytes = await readBody(c, limits.requestBodyBytesMax);
  if (bytes.ok) return ok(null);
  return err(problem(bytes.error === "too_large" ? "too_large" : "request_timeout"));
}
