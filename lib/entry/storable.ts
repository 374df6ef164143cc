import { z } from "zod";

/** Whether a NUL stands anywhere in what was sent. People do not type it, and no text in the database has a place for it. */
function hasNul(sent: unknown): boolean {
  if (typeof sent === "string") return sent.includes("\0");
  return typeof sent === "object" && sent !== null && Object.values(sent).some(hasNul);
}

/** The schema of a form or a body that also refuses, by its name, every field that the database could not hold. */
export const storable = <S extends z.ZodType>(schema: S): z.ZodType<z.output<S>> =>
  z
    .looseObject({})
    .superRefine((fields, context) => {
      for (const [name, value] of Object.entries(fields))
        if (hasNul(value)) context.addIssue({ code: "custom", path: [name], message: "invalid" });
    })
    .pipe(schema as z.ZodType<z.output<S>, Record<string, unknown>>);

/** What of a query can be looked for; the rest reads as not asked for. */
export const withoutNul = <T>(query: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => !hasNul(value)));
