import { unstable_rethrow } from "next/navigation";
import type { z } from "zod";
import { toLocale } from "@/lib/i18n/locale";
import type { Result } from "@/lib/kernel/result";
import { getDeps } from "@/lib/platform/deps";
import type { Call, Guard } from "./call";
import { currentClient } from "./peer";
import { storable } from "./storable";

/** What a form hears: the data, or a code that the interface has a sentence for, and the fields it concerns. */
export type ActionState<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly code: string; readonly fields?: Readonly<Record<string, string>> };

type AddedBy<G> = G extends Guard<infer Added> ? Added : never;
type Together<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer All) => void ? All : never;
type Added<G extends readonly Guard<object>[]> = G extends readonly [] ? object : Together<AddedBy<G[number]>>;

/** A refusal that only the flow could see, of single fields: a code for each, by the form's own names. */
export interface FieldRefusal {
  readonly code: string;
  readonly fields: Readonly<Record<string, string>>;
}

interface ActionSpec<S extends z.ZodType, G extends readonly Guard<object>[], T, E extends string> {
  readonly schema: S;
  readonly guards: G;
  readonly run: (call: Call & Added<G> & { readonly input: z.output<S> }) => Promise<Result<T, E | FieldRefusal>>;
  /** After the commit: cookies, a redirect. What it returns is what the form hears; nothing by default. */
  readonly onOk?: (value: T, call: Call & Added<G> & { readonly input: z.output<S> }) => unknown;
}

/**
 * A server action for our own forms: guards first, then the schema, then one flow. It answers codes, never prose and never
 * an error's message; what is not an expected refusal is logged here and becomes `unexpected`. Redirects pass through.
 */
export function action<S extends z.ZodType, const G extends readonly Guard<object>[], T, E extends string>(
  spec: ActionSpec<S, G, T, E>,
): (previous: ActionState<unknown> | null, form: FormData) => Promise<ActionState<unknown>> {
  const schema = storable(spec.schema);
  return async (_previous, form) => {
    const deps = getDeps();
    try {
      const base: Call = { deps, client: await currentClient(), locale: toLocale(String(form.get("locale") ?? "")) };
      let call = base as Call & Added<G>;
      for (const guard of spec.guards) {
        const passed = await guard(base, form);
        if (!passed.ok) return { ok: false, code: passed.error };
        call = { ...call, ...passed.value };
      }
      const parsed = schema.safeParse(fieldsOf(form));
      if (!parsed.success) return { ok: false, code: "invalid", fields: fieldErrors(parsed.error) };
      const full = { ...call, input: parsed.data };
      const result = await spec.run(full);
      if (!result.ok) return { ok: false, ...refusalOf(result.error) };
      return { ok: true, data: (await spec.onOk?.(result.value, full)) ?? null };
    } catch (error) {
      unstable_rethrow(error);
      deps.log.error("action.failed", {}, error);
      return { ok: false, code: "unexpected" };
    }
  };
}

const refusalOf = (error: string | FieldRefusal) => (typeof error === "string" ? { code: error } : error);

/** One value per name, a list for a repeated one; the fields React adds for itself begin with `$`. Files are for routes. */
function fieldsOf(form: FormData): Record<string, string | string[]> {
  const names = [...new Set(form.keys())].filter((name) => !name.startsWith("$") && name !== "locale");
  return Object.fromEntries(
    names.map((name) => {
      const values = form.getAll(name).filter((value) => typeof value === "string");
      return [name, values.length === 1 ? values[0]! : values];
    }),
  );
}

/** The first code per field, by the form's own names; a schema's own code (`message: "price_malformed"`) comes through. */
function fieldErrors(error: z.ZodError): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { path, message } of error.issues) {
    const name = path.join(".");
    fields[name] ??= /^[a-z_]+$/.test(message) ? message : "invalid";
  }
  return fields;
}
