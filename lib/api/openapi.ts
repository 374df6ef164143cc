import { z } from "zod";
import { OPERATIONS } from "./operations";
import type { Operation } from "./operations/operation";
import { PROBLEMS, type ProblemCode } from "./problem";
import { ProblemView } from "./schema";

type Json = { readonly [name: string]: unknown };

const INTRODUCTION = `Kapu sells things that exist exactly once. This API lists them, orders them, and hands over what was paid for.

Amounts are whole minor units (fen, cents) in strings. Times are UTC. Ids carry a prefix (prd_, var_, ord_, pay_).
Errors are application/problem+json (RFC 9457) with a stable code. Unknown fields in a body are refused.
An order's token, answered when it is placed, opens that order and no other: send it as Authorization: Bearer. A missing, wrong or foreign token gets the same 404 as an order that does not exist.
Retry freely with the same Idempotency-Key: one key is one order. Deliveries are exactly once; notices of them are at least once.`;

type Override = (context: {
  jsonSchema: { format?: string; pattern?: string; additionalProperties?: unknown };
}) => void;

/** Formats speak for themselves; and what we answer may gain fields, so a client must not refuse an unknown one. */
const simplify: Record<"input" | "output", Override> = {
  input: ({ jsonSchema }) => {
    if (jsonSchema.format) delete jsonSchema.pattern;
  },
  output: ({ jsonSchema }) => {
    if (jsonSchema.format) delete jsonSchema.pattern;
    delete jsonSchema.additionalProperties;
  },
};

/** The schemas that carry an id of their own, each under `components.schemas`; the others are written where they are used. */
function schemaOf(schema: z.ZodType, io: "input" | "output", found: Map<string, Json>): Json {
  const {
    $defs,
    $schema: _,
    ...json
  } = z.toJSONSchema(schema, {
    io,
    reused: "inline",
    override: simplify[io],
  }) as Json & { $defs?: Json };
  for (const [name, definition] of Object.entries($defs ?? {})) found.set(name, rebase(definition) as Json);
  const { id } = (schema.meta() ?? {}) as { id?: string };
  if (!id) return rebase(json) as Json;
  // At the root zod writes a named schema out in place, or as a reference into $defs, which is then already found.
  if (!("$ref" in json)) found.set(id, rebase(json) as Json);
  return { $ref: `#/components/schemas/${id}` };
}

/** Points `#/$defs/X` at `#/components/schemas/X`, and drops `id`, which OpenAPI would read as an address. */
function rebase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rebase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => name !== "$schema" && !(name === "id" && typeof inner === "string"))
      .map(([name, inner]) => [
        name,
        name === "$ref" && typeof inner === "string"
          ? inner.replace("#/$defs/", "#/components/schemas/")
          : rebase(inner),
      ]),
  );
}

function queryParameters(operation: Operation): Json[] {
  return Object.entries(operation.query?.shape ?? {}).map(([name, schema]) => {
    const { description, ...json } = z.toJSONSchema(schema as z.ZodType, {
      io: "input",
      unrepresentable: "any",
    }) as Json;
    const { $schema: _, ...plain } = json;
    return { name, in: "query", required: false, description, schema: plain };
  });
}

function problemResponses(codes: readonly ProblemCode[]): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of [...codes, "unexpected"] as const) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, sameStatus]) => [
      String(status),
      {
        description: sameStatus.map((code) => `${code}: ${PROBLEMS[code].detail}`).join(" "),
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        ...(status === 429 || status === 503
          ? { headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer" } } } }
          : {}),
      },
    ]),
  );
}

function successResponse({ success }: Operation, found: Map<string, Json>): Json {
  const schema = success.schema ? schemaOf(success.schema, "output", found) : {};
  const headers = Object.entries(success.headers ?? {}).map(([name, description]) => [
    name,
    { description, schema: { type: "string" } },
  ]);
  return {
    description: success.description,
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
    content: { [success.contentType ?? "application/json"]: { schema } },
  };
}

function describe(operation: Operation, found: Map<string, Json>): Json {
  const parameters = [...(operation.parameters ?? []), ...queryParameters(operation)];
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    description: operation.description,
    ...(operation.needsToken ? { security: [{ orderToken: [] }, { orderCookie: [] }] } : {}),
    ...(operation.needsKey ? { security: [{ apiKey: [] }] } : {}),
    ...(operation.needsQuotaKey ? { security: [{ quotaKey: [] }] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body
      ? {
          requestBody: {
            required: !operation.body.safeParse({}).success,
            content: { "application/json": { schema: schemaOf(operation.body, "input", found) } },
          },
        }
      : {}),
    responses: {
      [operation.success.status]: successResponse(operation, found),
      ...problemResponses(operation.problems),
    },
  };
}

/** The contract as an OpenAPI 3.1 document, made from the schemas that judge the requests. */
export function createOpenApiDocument(serverUrl: string): Json {
  const found = new Map<string, Json>();
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] ??= {};
    (paths[operation.path] as Record<string, Json>)[operation.method] = describe(operation, found);
  }
  schemaOf(ProblemView, "output", found);
  return {
    openapi: "3.1.0",
    info: {
      title: "Kapu API",
      version: "1.0.0",
      description: INTRODUCTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: serverUrl }],
    tags: [...new Set(OPERATIONS.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries([...found].sort(([left], [right]) => (left < right ? -1 : 1))),
      securitySchemes: {
        apiKey: {
          type: "http",
          scheme: "bearer",
          description: "A merchant's API key (kapu_…), with the right that the address names.",
        },
        quotaKey: {
          type: "http",
          scheme: "bearer",
          description: "A key (kq_…) that its buyer was given as a card, and spends piece by piece.",
        },
        orderToken: { type: "http", scheme: "bearer", description: "The token of one order." },
        orderCookie: {
          type: "apiKey",
          in: "cookie",
          name: "kapu_order_<32 hexadecimal digits>",
          description: "How a browser holds an order; accepted from pages of the shop itself only.",
        },
      },
    },
  };
}
