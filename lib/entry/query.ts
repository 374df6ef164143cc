import { notFound } from "next/navigation";
import type { z } from "zod";
import { fromPublicId, type IdKind } from "@/lib/kernel/id";
import { withoutNul } from "./storable";

export type SearchParams = Promise<Readonly<Record<string, string | string[] | undefined>>>;

/** A page's query through its schema; a repeated name counts once, schemas of lists never refuse, and nobody looks for a NUL. */
export async function readQuery<S extends z.ZodType>(schema: S, searchParams: SearchParams): Promise<z.output<S>> {
  const entries = Object.entries(await searchParams).map(([name, value]) => [
    name,
    Array.isArray(value) ? value[0] : value,
  ]);
  return schema.parse(withoutNul(Object.fromEntries(entries)));
}

/** The same for a query in which names may be repeated: all values of each reach the schema. */
export async function readWholeQuery<S extends z.ZodType>(schema: S, searchParams: SearchParams): Promise<z.output<S>> {
  return schema.parse(withoutNul(await searchParams));
}

/** The id that a page's address names; anything that is none is a page that is not there. */
export function requireId(kind: IdKind, text: string): string {
  const id = fromPublicId(kind, text);
  return id.ok ? id.value : notFound();
}
