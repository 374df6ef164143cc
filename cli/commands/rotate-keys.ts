import { rotateKeys } from "@/lib/flows/rotate-keys";
import { answer, type Command, EXIT, refuse } from "../command";
import { withShop } from "../shop";

export const rotateKeysCommand: Command = {
  name: "rotate-keys",
  usage: "",
  summary:
    "Wraps all that is encrypted under the key in KAPU_MASTER_KEY, while the shop sells; safe to break off and to repeat. See docs/keys.md.",
  options: {},
  positionals: { min: 0, max: 0 },
  run: (call) =>
    withShop(async ({ deps }) => {
      const { terminal } = call;
      const rotated = await rotateKeys(deps, (changed) => {
        if (terminal.isWatched) terminal.err(`${changed} rows\r`);
      });
      if (!rotated.ok) {
        const { rows } = rotated.error;
        const ids = [...new Set(rows.map(({ keyId }) => keyId))].join(", ");
        const message = `${rows.length} rows are wrapped by ${ids}, which opens under no key that was given. Name it in KAPU_MASTER_KEY_PREVIOUS and run this again; everything else is done.`;
        return refuse(call, { code: "unopened", message });
      }
      const { keyId, rewrapped } = rotated.value;
      const count = Object.entries(rewrapped).map(([name, n]) => `${n} ${name}`);
      answer(call, { keyId, rewrapped }, [
        `Everything is wrapped by ${keyId} now: ${count.join(", ")} were changed.`,
        "KAPU_MASTER_KEY_PREVIOUS is no longer needed.",
      ]);
      return EXIT.done;
    }),
};
