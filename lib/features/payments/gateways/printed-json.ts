import { z } from "zod";

/** PHP mixes numbers and texts; both are read as the text they print. Nothing else is: `true` is not 1. */
export const Printed = z.union([z.string().max(200), z.number().transform(String)]);

/** A number that names something. Past 2^53 its digits are lost in reading, and another name would be read than was written. */
export const PrintedName = z.union([
  z.string().max(200),
  z
    .number()
    .refine((value) => Number.isSafeInteger(value))
    .transform(String),
]);
