import { Readable } from "node:stream";
import { main } from "@/cli/kapu";
import type { Ended, RunOptions } from "./command-line";

/**
 * What `kapu` of command-line.ts answers, without a process of its own: a second less, for a test that asks what a command
 * says and not how it is started. The command reads the settings that it is given and nothing else of this process's
 * environment, which is put back behind it; so only one may run at a time.
 */
export async function kapuHere(
  args: readonly string[],
  { env = {}, input = "", folder = process.cwd() }: RunOptions = {},
): Promise<Ended> {
  const said = { out: "", err: "" };
  const terminal = {
    folder,
    input: Readable.from([Buffer.from(input)]),
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
    isWatched: false,
  };
  const code = await withSettings({ NODE_ENV: "production", ...env }, () => main(args, terminal));
  return { code, ...said, json: () => JSON.parse(said.out) };
}

const SETTING = /^(KAPU_(?!TEST_)|DATABASE_URL$|REDIS_URL$|PORT$|ROLE$|NODE_ENV$|NEXTAUTH_URL$)/;
const settings = () => Object.entries(process.env).filter(([name]) => SETTING.test(name));
/** Where lib/platform/singleton.ts keeps what a process has once; a command provides an `env`. */
const singletons = (): Map<string, unknown> | undefined =>
  (globalThis as { [registry: symbol]: Map<string, unknown> | undefined })[Symbol.for("kapu.singletons")];

async function withSettings<T>(env: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const before = settings();
  const provided = singletons()?.get("env");
  const put = (values: Iterable<[string, string | undefined]>) => {
    for (const [name] of settings()) delete process.env[name];
    for (const [name, value] of values) process.env[name] = value;
  };
  put(Object.entries(env));
  try {
    return await work();
  } finally {
    put(before);
    if (provided === undefined) singletons()?.delete("env");
    else singletons()?.set("env", provided);
  }
}
