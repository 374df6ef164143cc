import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { makeTemporaryFolder, removeFolder } from "../support/temporary-folder";
import { projectRoot } from "./sources";

interface Cruise {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly { readonly rule: { readonly name: string } }[];
  };
}

const folder = makeTemporaryFolder("imports");
afterAll(() => removeFolder(folder));

/** A project of two files under the real import rule: one imports the other. */
function plant(name: string, from: string, to: string): string {
  const project = path.join(folder, name);
  const isPackage = !to.includes("/") || to.startsWith("@");
  const specifier = isPackage ? to : `@/${to.replace(/\.tsx?$/, "")}`;
  const files = { [from]: `import * as other from "${specifier}";\nexport const seen = other;\n` };
  if (!isPackage) files[to] = "export const value = 1;\n";
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.join(project, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(project, file), text);
  }
  for (const file of [".dependency-cruiser.cjs", "tsconfig.json", "package.json"]) {
    copyFileSync(path.join(projectRoot, file), path.join(project, file));
  }
  symlinkSync(path.join(projectRoot, "node_modules"), path.join(project, "node_modules"));
  return project;
}

function cruise(project: string, folders: readonly string[], output: "json" | "err") {
  const program = path.join(projectRoot, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const args = [program, ...folders, "--config", ".dependency-cruiser.cjs", "--output-type", output];
  return spawnSync(process.execPath, args, { cwd: project, encoding: "utf8", maxBuffer: 1e8 });
}

function judge(project: string, folders: readonly string[]): { seen: number; broken: string[] } {
  const { summary } = JSON.parse(cruise(project, folders, "json").stdout) as Cruise;
  return { seen: summary.totalCruised, broken: summary.violations.map(({ rule }) => rule.name) };
}

describe("a planted import against the rule is found", () => {
  test.each([
    ["kernel-imports-nothing", "lib/kernel/a.ts", "lib/platform/b.ts"],
    ["platform-below-features", "lib/platform/a.ts", "lib/features/orders/b.ts"],
    ["features-below-flows", "lib/features/orders/a.ts", "lib/flows/b.ts"],
    ["features-are-islands", "lib/features/orders/a.ts", "lib/features/payments/b.ts"],
    ["gateways-are-islands", "lib/features/payments/gateways/epay/a.ts", "lib/features/payments/gateways/vmq/b.ts"],
    ["flows-below-entry", "lib/flows/a.ts", "lib/entry/b.ts"],
    ["entry-below-app", "lib/api/a.ts", "app/b.ts"],
    ["pure-files-stay-pure", "lib/features/orders/rules.ts", "react"],
    ["pure-files-need-no-node", "lib/kernel/a.ts", "node:fs"],
    ["prisma-stays-below", "app/a.ts", "@prisma/client"],
    ["prisma-stays-below", "app/a.tsx", "lib/generated/b.ts"],
  ])("%s: %s imports %s", (rule, from, to) => {
    const project = plant(`${rule}-${path.extname(from)}`, from, to);
    expect(judge(project, [from.split("/")[0] ?? ""]).broken).toEqual([rule]);
  });
});

test("an import downwards passes, and one upwards ends the command with an error", () => {
  const allowed = plant("allowed", "lib/flows/a.ts", "lib/features/orders/b.ts");
  expect(judge(allowed, ["lib"])).toEqual({ seen: 2, broken: [] });
  expect(cruise(allowed, ["lib"], "err").status).toBe(0);
  expect(cruise(plant("forbidden", "lib/features/orders/a.ts", "lib/flows/b.ts"), ["lib"], "err").status).not.toBe(0);
});

test("the project's own modules are seen, which a parser that does not know this TypeScript would not", () => {
  const { seen } = judge(projectRoot, ["app", "components", "lib", "server"]);
  expect(seen).toBeGreaterThan(100);
});
