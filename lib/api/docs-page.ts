import { createHash } from "node:crypto";
import { DOCS_STYLE } from "./docs-style";
import { escapeHtml } from "./escape-html";
import { createOpenApiDocument } from "./openapi";
import { OPERATIONS } from "./operations";
import type { Operation } from "./operations/operation";
import { PROBLEM_CODES, PROBLEMS } from "./problem";

type Json = { readonly [name: string]: unknown };

const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;

/** A name of a schema as a link to its table, or the type in words. */
function typeOf(schema: Json): string {
  if (typeof schema.$ref === "string") {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return `<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>`;
  }
  if (schema.type === "array") return `list of ${typeOf((schema.items ?? {}) as Json)}`;
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => code(String(value))).join(" · ");
  const type = Array.isArray(schema.type) ? schema.type.join(" or ") : String(schema.type ?? "");
  const format = schema.format ? ` <span class="quiet">${escapeHtml(String(schema.format))}</span>` : "";
  return `${escapeHtml(type)}${format}${bounds(schema)}`;
}

function bounds({ minimum, maximum, minLength, maxLength }: Json): string {
  const range = (low: unknown, high: unknown, unit: string): string => {
    if (low === undefined && high === undefined) return "";
    const words = low === undefined ? `at most ${high}` : high === undefined ? `at least ${low}` : `${low}–${high}`;
    return ` <span class="quiet">${words}${unit}</span>`;
  };
  return range(minimum, maximum, "") + range(minLength, maxLength, " characters");
}

function table(rows: readonly (readonly [name: string, type: string, text: string])[]): string {
  if (rows.length === 0) return "";
  const body = rows.map(
    ([name, type, text]) => `<tr><th scope="row">${name}</th><td>${type}</td><td>${text}</td></tr>`,
  );
  return `<div class="scroll"><table><tbody>${body.join("")}</tbody></table></div>`;
}

function schemaTable(schema: Json): string {
  const required = new Set((schema.required ?? []) as string[]);
  return table(
    Object.entries((schema.properties ?? {}) as Record<string, Json>).map(([name, property]) => [
      code(name) + (required.has(name) ? "" : ' <span class="quiet">optional</span>'),
      "not" in property ? '<span class="quiet">refused</span>' : typeOf(property),
      escapeHtml(String(property.description ?? "")),
    ]),
  );
}

interface Described {
  readonly parameters?: readonly (Json & { readonly schema: Json })[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Json }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: Json }> }>;
}

function parameterTable({ parameters = [] }: Described): string {
  return table(
    parameters.map((parameter) => [
      `${code(String(parameter.name))} <span class="quiet">${parameter.in}${parameter.required ? "" : ", optional"}</span>`,
      typeOf(parameter.schema),
      escapeHtml(String(parameter.description ?? "")),
    ]),
  );
}

function section(operation: Operation, described: Described): string {
  const body = described.requestBody?.content["application/json"]?.schema;
  const { status, description, headers = {} } = operation.success;
  const answer = Object.values(described.responses[String(status)]?.content ?? {})[0]?.schema ?? {};
  const headerList = Object.entries(headers).map(([name, text]) => ` ${code(name)}: ${escapeHtml(text)}`);
  const problems = operation.problems.map((name) => `<a href="#${name}">${PROBLEMS[name].status} ${name}</a>`);
  const needs = [
    ...(operation.needsToken ? ["needs the order’s token"] : []),
    ...(operation.needsKey ? [`needs a key with ${escapeHtml(operation.needsKey)}`] : []),
    ...(operation.needsQuotaKey ? ["needs a key that was bought (kq_…)"] : []),
  ];
  return `<section id="${operation.id}">
<h3><span class="verb ${operation.method}">${operation.method.toUpperCase()}</span> ${code(operation.path)}</h3>
<p class="summary">${escapeHtml(operation.summary)}</p>
<p>${escapeHtml(operation.description)}${needs.map((need) => ` <span class="tag">${need}</span>`).join("")}</p>
${parameterTable(described)}
${body ? `<p>Body: ${typeOf(body)}</p>` : ""}
<p>${status}: ${escapeHtml(description)} ${"$ref" in answer ? typeOf(answer) : ""}${headerList.join("")}</p>
${problems.length > 0 ? `<p class="problems">${problems.join(" ")}</p>` : ""}
</section>`;
}

const anchorList = (entries: readonly (readonly [href: string, label: string])[]): string =>
  `<ul>${entries.map(([href, label]) => `<li><a href="#${href}">${label}</a></li>`).join("")}</ul>`;

function navigation(schemas: readonly string[]): string {
  const tags = [...new Set(OPERATIONS.map(({ tag }) => tag))].map(
    (tag) =>
      `<p>${tag}</p>${anchorList(OPERATIONS.filter((one) => one.tag === tag).map((one) => [one.id, escapeHtml(one.summary)]))}`,
  );
  const rest: [string, string][] = [
    ...schemas.map((name): [string, string] => [`schema-${name}`, name]),
    ["errors", "Errors"],
  ];
  return `<nav aria-label="Contents">${tags.join("")}<p>Data</p>${anchorList(rest)}</nav>`;
}

const EXAMPLE = `curl -X POST $KAPU_URL/api/v1/orders \\
  -H 'Content-Type: application/json' \\
  -H 'Idempotency-Key: 0199f0c2-a4b8-7c3e-9d5f-1a2b3c4d5e6f' \\
  -d '{"variantId":"var_…","quantity":1,"email":"buyer@example.com","gateway":"epay"}'`;

/** The contract for readers: one page, made from the same document, that asks no other host for anything. */
export function createDocsPage(serverUrl: string): { readonly html: string; readonly contentSecurityPolicy: string } {
  const document = createOpenApiDocument(serverUrl) as {
    info: { title: string; version: string; description: string };
    paths: Record<string, Record<string, Described>>;
    components: { schemas: Record<string, Json> };
  };
  const { schemas } = document.components;
  const paragraphs = document.info.description.split("\n").map((line) => (line ? `<p>${escapeHtml(line)}</p>` : ""));
  const operations = OPERATIONS.map((one) => section(one, document.paths[one.path]?.[one.method] as Described));
  const data = Object.entries(schemas).map(
    ([name, schema]) => `<section id="schema-${name}"><h3>${name}</h3>${schemaTable(schema)}</section>`,
  );
  const errors = PROBLEM_CODES.map(
    (name) =>
      `<tr id="${name}"><th scope="row">${code(name)}</th><td>${PROBLEMS[name].status}</td><td>${escapeHtml(PROBLEMS[name].detail)}</td></tr>`,
  );
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${document.info.title}</title><style>${DOCS_STYLE}</style></head><body>
<header><h1>${document.info.title} <span class="quiet">${document.info.version}</span></h1><a href="/api/v1/openapi.json">openapi.json</a></header>
<div class="columns">${navigation(Object.keys(schemas))}<main>
${paragraphs.join("\n")}<pre><code>${escapeHtml(EXAMPLE)}</code></pre>
<h2>Addresses</h2>${operations.join("\n")}<h2>Data</h2>${data.join("\n")}
<h2 id="errors">Errors</h2><div class="scroll"><table><tbody>${errors.join("")}</tbody></table></div>
</main></div></body></html>`;
  const styleHash = createHash("sha256").update(DOCS_STYLE).digest("base64");
  return {
    html,
    contentSecurityPolicy: `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
  };
}
