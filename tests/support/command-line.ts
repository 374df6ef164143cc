import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** The standard output as the one JSON value that it has to be. */
  json<T = Record<string, unknown>>(): T;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** The folder from which a person calls the command. */
  readonly folder?: string;
}

/** Runs `kapu` as `npm run --silent kapu --` does, in a process of its own with nothing of our environment but PATH. */
export async function kapu(
  args: readonly string[],
  { env = {}, input, folder = root }: RunOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [path.join(root, "scripts", "kapu.mjs"), ...args], {
    cwd: root,
    env: { NODE_ENV: "production", PATH: process.env.PATH, HOME: process.env.HOME, INIT_CWD: folder, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    out += part;
  });
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    err += part;
  });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err, json: () => JSON.parse(out) };
}
