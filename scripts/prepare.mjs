import { ensureBundled } from "./bundle.mjs";
import { ensureGenerated } from "./generate.mjs";
import { ensureInstalled } from "./install.mjs";
import { withBuildLock } from "./lock.mjs";
import { ensurePagesBuilt } from "./pages.mjs";
import { requireNode, root } from "./project.mjs";
import { CommandError } from "./steps.mjs";

/**
 * Makes what is missing or stale: packages, database client, bundles and, when asked for, pages. Progress goes to `out`.
 * A failed step ends the process with what the step printed.
 */
export async function prepare({ out, withPages = false, withTools = false }) {
  requireNode();
  process.chdir(root);
  try {
    await withBuildLock(out, async () => {
      await ensureInstalled(out, { withTools });
      await ensureGenerated(out);
      await ensureBundled(out);
      if (withPages) await ensurePagesBuilt(out);
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`${error.output.trimEnd()}\n${error.message}\n`);
    process.exit(1);
  }
}
