import { Prisma } from "@/lib/generated/prisma/client";

/** The smallest UUIDv7 of a moment: what narrows a time down in an index of ids. */
export const idAt = (moment: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(lpad(to_hex((extract(epoch FROM ${moment}) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid`;

/** Ids are made by the application's clock, which may be wrong by this much; the time itself is told by the database's. */
export const ID_SKEW = Prisma.sql`interval '3 hours'`;
