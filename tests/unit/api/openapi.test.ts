import { expect, test } from "vitest";
import { ROUTES } from "@/lib/api/app";
import { createDocsPage } from "@/lib/api/docs-page";
import { createOpenApiDocument } from "@/lib/api/openapi";
import { OPERATIONS } from "@/lib/api/operations";
import { PROBLEM_CODES } from "@/lib/api/problem";

const document = createOpenApiDocument("https://shop.example") as {
  openapi: string;
  components: { schemas: Record<string, unknown> };
};
const UNDESCRIBED = ["GET /api/v1/openapi.json", "GET /api/docs"];

test("every route is described, and nothing else is", () => {
  const routed = ROUTES.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
  const described = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect([...described, ...UNDESCRIBED].sort()).toEqual(routed.sort());
});

test("the document is OpenAPI 3.1 and every reference in it leads somewhere", () => {
  expect(document.openapi).toBe("3.1.0");
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    (match) => match[1],
  );
  expect(references.length).toBeGreaterThan(10);
  for (const name of references) expect(Object.keys(document.components.schemas)).toContain(name);
  expect(JSON.stringify(document)).not.toMatch(/\$defs|"\$schema"/);
});

test("the page for readers names every address, every schema and every error, and loads nothing from elsewhere", () => {
  const { html, contentSecurityPolicy } = createDocsPage("https://shop.example");
  for (const { path } of OPERATIONS) expect(html).toContain(path.replace(/&/g, "&amp;"));
  for (const name of Object.keys(document.components.schemas)) expect(html).toContain(`id="schema-${name}"`);
  for (const code of PROBLEM_CODES) expect(html).toContain(`id="${code}"`);
  expect(html).not.toMatch(/\bsrc=|<link|@import|url\(/);
  expect(contentSecurityPolicy).toMatch(/^default-src 'none'; style-src 'sha256-/);
  const anchors = [...html.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]);
  for (const anchor of anchors) expect(html).toContain(`id="${anchor}"`);
});
