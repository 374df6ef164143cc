import { randomBytes } from "node:crypto";
import { z } from "zod";
import { createAdmin } from "@/lib/features/identity/accounts";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import { answer, type Call, type Command, EXIT, refuse, textOf } from "../command";
import { withShop } from "../shop";

const SENTENCES = {
  email_taken: "There is an account with this e-mail already. Nothing was changed.",
  password_short: `The password must have at least ${limits.passwordMin} characters.`,
  password_long: `The password must have at most ${limits.passwordMax} characters.`,
  password_guessable: "The password is one of the first that anybody would try.",
} as const;

const PASSWORD_BYTES_MAX = 4_096;

/** The first line of the standard input: a password on the command line would stand in the list of processes. */
async function readPassword({ terminal }: Call): Promise<Secret> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of terminal.input) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > PASSWORD_BYTES_MAX) break;
  }
  return new Secret(Buffer.concat(chunks).toString("utf8").split(/\r?\n/)[0] ?? "");
}

export const createAdminCommand: Command = {
  name: "create-admin",
  usage: "--email ADDRESS [--password-stdin]",
  summary: "Creates an admin, with a password read from the standard input, or a random one that is printed once.",
  options: { email: { type: "string" }, "password-stdin": { type: "boolean" } },
  positionals: { min: 0, max: 0 },
  async run(call) {
    const email = textOf(call, "email") ?? "";
    if (!z.email().max(limits.emailMax).safeParse(email).success) {
      return refuse(call, { code: "usage", message: "Name the admin's e-mail address: --email ADDRESS." }, EXIT.usage);
    }
    const isGiven = call.values["password-stdin"] === true;
    const password = isGiven ? await readPassword(call) : new Secret(randomBytes(15).toString("base64url"));
    return withShop(async ({ deps }) => {
      const created = await createAdmin(deps, { email, password });
      if (!created.ok) return refuse(call, { code: created.error, message: SENTENCES[created.error] });
      const shown = isGiven ? {} : { password: password.reveal() };
      answer(call, { email, userId: created.value.userId, ...shown }, [
        `${email} can sign in at ${deps.env.publicUrl}/zh/sign-in.`,
        ...(isGiven ? [] : [`Password, shown this once: ${password.reveal()}`]),
      ]);
      return EXIT.done;
    });
  },
};
