import path from "node:path";
import type { Source } from "./sources";

/** Something that the import rule cannot say, with a piece of code that breaks it and one that keeps it. */
export interface Rule {
  readonly name: string;
  isBroken(source: Source): boolean;
  readonly bad: Source;
  readonly good: Source;
}

const isUnder = (file: string, ...folders: string[]): boolean =>
  folders.some((folder) => file.startsWith(`${folder}/`));

/** Without comments, which may talk about what the code must not do. */
const codeOf = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`])\/\/.*$/gm, "$1");

const has = (source: Source, pattern: RegExp): boolean => pattern.test(codeOf(source.text));

const BANNED_NAMES = new Set(["utils", "util", "helpers", "helper", "misc", "common", "manager", "data", "info"]);
const LINES_MAX = 300;

export const rules: readonly Rule[] = [
  {
    name: 'server actions live in actions.ts: each export of a "use server" file is an address that anyone may call',
    isBroken: (source) => has(source, /^\s*["']use server["']/m) && path.basename(source.file) !== "actions.ts",
    bad: { file: "lib/flows/settle.ts", text: '"use server";\nexport async function settle() {}' },
    good: { file: "app/[locale]/actions.ts", text: '"use server";\nexport async function buy() {}' },
  },
  {
    name: "the surroundings are read in platform/env.ts",
    isBroken: (source) =>
      has(source, /\bprocess\.env\b/) &&
      source.file !== "lib/platform/env.ts" &&
      !isUnder(source.file, "scripts", "bench", "chaos", "sabotage", "simulate", "tests", "sandbox"),
    bad: { file: "lib/flows/pay.ts", text: "const url = process.env.KAPU_URL;" },
    good: { file: "lib/flows/pay.ts", text: "// not process.env\nconst url = deps.env.publicUrl;" },
  },
  {
    name: "the time of day comes from kernel/clock.ts, and deadlines from the database",
    isBroken: (source) =>
      has(source, /\bDate\.now\(|\bnew Date\(\s*\)|\bnew Date\b(?!\s*\()/) &&
      source.file !== "lib/kernel/clock.ts" &&
      !isUnder(source.file, "scripts", "bench", "chaos", "sabotage", "simulate", "tests", "sandbox"),
    bad: { file: "lib/features/orders/rules.ts", text: "const isLate = deadline < Date.now();" },
    good: { file: "lib/features/orders/rules.ts", text: "const day = new Date(clock.now());" },
  },
  {
    name: "money is never a float",
    isBroken: (source) =>
      has(source, /\bparseFloat\(|\.toFixed\(/) &&
      isUnder(source.file, "app", "cli", "components", "lib", "prisma", "sandbox", "server"),
    bad: { file: "app/price.tsx", text: "const price = (minor / 100).toFixed(2);" },
    good: { file: "app/price.tsx", text: "const price = toDecimal(amount);" },
  },
  {
    name: "pages and mails speak to one and the same person: 你",
    isBroken: (source) => has(source, /您/) && !isUnder(source.file, "tests"),
    bad: { file: "lib/features/notifications/letters.ts", text: 'const line = "您的订单已付款";' },
    good: { file: "lib/features/notifications/letters.ts", text: 'const line = "你的订单已付款";' },
  },
  {
    name: "a file is one room of at most 300 lines, or its first line says why it is longer",
    isBroken: ({ text }) => text.split("\n").length > LINES_MAX + 1 && !/300 lines/.test(text.split("\n", 1)[0] ?? ""),
    bad: { file: "lib/flows/all.ts", text: "export {};\n".repeat(301) },
    good: { file: "lib/flows/all.ts", text: `// Over 300 lines: one table.\n${"export {};\n".repeat(400)}` },
  },
  {
    name: "a file's name says what is inside",
    isBroken: ({ file }) => {
      const name = path.basename(file).replace(/\.(test|spec)?\.?(ts|tsx|mjs|js)$/, "");
      return BANNED_NAMES.has(name) || name.startsWith("handle-");
    },
    bad: { file: "lib/utils.ts", text: "" },
    good: { file: "lib/kernel/money.ts", text: "" },
  },
];
