import type { Locale } from "@/lib/i18n/locale";
import type { Result } from "@/lib/kernel/result";
import type { Deps } from "@/lib/platform/deps";
import type { Client } from "./peer";

/** What every action knows of its request. */
export interface Call {
  readonly deps: Deps;
  readonly client: Client;
  /** Of the page that sent the form: its hidden field `locale`. */
  readonly locale: Locale;
}

/** Passes, and adds what it found out to the call; or refuses with a code. */
export type Guard<Added extends object> = (call: Call, form: FormData) => Promise<Result<Added, string>>;
