import { readFileSync } from "node:fs";
import path from "node:path";
import { withClient } from "@/lib/platform/with-client";
import { expect, test } from "@/tests/support/test";

const SCALARS: Record<string, readonly string[]> = {
  String: ["text", "uuid", "xid8"],
  Int: ["integer"],
  BigInt: ["bigint"],
  Boolean: ["boolean"],
  Bytes: ["bytea"],
  Json: ["jsonb"],
  DateTime: ["timestamp with time zone", "date"],
};

/** "table.column type null|not null" of every scalar field that schema.prisma declares. */
function declared(): Map<string, { types: readonly string[]; isList: boolean; isNullable: boolean }> {
  const text = readFileSync(path.resolve("prisma/schema.prisma"), "utf8");
  const columns = new Map<string, { types: readonly string[]; isList: boolean; isNullable: boolean }>();
  for (const [, body = ""] of text.matchAll(/^model \w+ \{\n([\s\S]*?)^\}/gm)) {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? /^model (\w+)/.exec(body)?.[1] ?? "";
    for (const line of body.split("\n")) {
      const field = /^\s+(\w+)\s+(\w+(?:\("\w+"\))?)(\[\])?(\?)?(.*)$/.exec(line);
      if (!field) continue;
      const [, name = "", type = "", list, optional, rest = ""] = field;
      const base = type.startsWith("Unsupported") ? ["xid8"] : SCALARS[type];
      if (!base) continue;
      const types = rest.includes("@db.Uuid") ? ["uuid"] : base;
      columns.set(`${table}.${/@map\("(\w+)"\)/.exec(rest)?.[1] ?? name}`, {
        types,
        isList: list !== undefined,
        isNullable: optional !== undefined,
      });
    }
  }
  return columns;
}

test("the migrated database and schema.prisma declare the same tables, columns, types and nullability", async ({
  database,
}) => {
  const rows = await withClient(database.owner, async (client) => {
    const { rows } = await client.query(
      `SELECT c.table_name || '.' || c.column_name AS name, c.data_type AS type, e.data_type AS element, c.is_nullable = 'YES' AS nullable
         FROM information_schema.columns c
         LEFT JOIN information_schema.element_types e
           ON (e.object_catalog, e.object_schema, e.object_name, e.object_type, e.collection_type_identifier)
            = (c.table_catalog, c.table_schema, c.table_name, 'TABLE', c.dtd_identifier)
        WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '\\_prisma%'`,
    );
    return rows as { name: string; type: string; element: string | null; nullable: boolean }[];
  });
  const known = declared();
  expect(known.size).toBeGreaterThan(200);
  expect(rows.map((row) => row.name).sort()).toEqual([...known.keys()].sort());
  for (const row of rows) {
    const field = known.get(row.name);
    expect(field?.types, row.name).toContain(row.element ?? row.type);
    expect(field?.isList, row.name).toBe(row.element !== null);
    if (!field?.isList) expect(field?.isNullable, row.name).toBe(row.nullable);
  }
});
