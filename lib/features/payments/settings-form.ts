/** Between a gateway's settings and the form that asks for them. Pure, and of every kind alike. */
import type { SettingsField, SettingsProblem } from "./gateways/port";

/** What a form shows of a field: a text, or whether a switch is on, or what is chosen of a list. */
export type FieldValue = string | boolean | readonly string[];
/** What a form sent: a text, or several under one name. */
export type SentValue = string | readonly string[];

const isSecret = ({ input }: SettingsField): boolean => input === "secret" || input === "secret_text";

/**
 * The fields that matter with what the others hold; of the rest nothing is kept. A field that another one hides holds what nobody chose: its
 * first choice.
 */
export function shownFields(
  fields: readonly SettingsField[],
  valueNamed: (name: string) => unknown,
): readonly SettingsField[] {
  const isShown = ({ only }: SettingsField): boolean => {
    if (only === undefined) return true;
    const decider = fields.find(({ name }) => name === only.field);
    const value = decider && isShown(decider) ? valueNamed(only.field) : undefined;
    return only.values.includes(String(value || decider?.choices?.[0] || ""));
  };
  return fields.filter(isShown);
}

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(String).join("\n") : typeof value === "string" ? value : "";

function shownValue(field: SettingsField, value: unknown): FieldValue {
  if (field.input === "switch") return value === true;
  if (field.input === "list") return Array.isArray(value) ? value.map(String) : [];
  // A choice that was never made stands at the first one, as its gateway takes it.
  if (field.input === "choice") return textOf(value) || (field.choices?.[0] ?? "");
  return textOf(value);
}

/** What may be shown of settings, and which secrets are there; never a secret. */
export function shownValues(
  fields: readonly SettingsField[],
  settings: Readonly<Record<string, unknown>>,
): { values: Record<string, FieldValue>; onRecord: string[] } {
  const open = fields.filter((field) => !isSecret(field));
  return {
    values: Object.fromEntries(open.map((field) => [field.name, shownValue(field, settings[field.name])])),
    onRecord: fields.filter((field) => isSecret(field) && textOf(settings[field.name]) !== "").map(({ name }) => name),
  };
}

function readField(field: SettingsField, sent: SentValue | undefined): unknown {
  if (field.input === "switch") return sent === "on";
  if (field.input === "list") {
    const items = (Array.isArray(sent) ? sent : String(sent ?? "").split(/[\s,，、]+/)).map((item) => item.trim());
    return items.filter((item) => item !== "");
  }
  const text = Array.isArray(sent) ? (sent[0] ?? "") : ((sent as string | undefined) ?? "");
  return isSecret(field) ? text : text.trim();
}

/** Nothing, an empty text and an empty list are the same; so are a switch that is off and one that nobody knows of. */
const plainOf = (value: unknown): string => (value === true ? "on" : textOf(value).trim());

const hasChanged = (before: unknown, after: unknown): boolean => plainOf(before) !== plainOf(after);

/**
 * - `settings`: for the gateway to judge; of a field that does not matter nothing is kept
 * - `fields`: the names of those that differ from what is on record
 * - `missing`: secrets that were left empty, although where they would be sent to has changed
 */
export interface DraftSettings {
  readonly settings: Record<string, unknown>;
  readonly changed: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Settings out of a form and of what is on record: an empty secret keeps the one that is there, unless an address has changed. Whoever may
 * change an address must not thereby have the old secret sent to it.
 */
export function draftSettings(
  fields: readonly SettingsField[],
  sent: Readonly<Record<string, SentValue>>,
  onRecord: Readonly<Record<string, unknown>>,
): DraftSettings {
  const read = new Map(fields.map((field) => [field.name, readField(field, sent[field.name])]));
  const shown = shownFields(fields, (name) => read.get(name));
  const isMoved = shown.some(({ name, input }) => input === "url" && hasChanged(onRecord[name], read.get(name)));
  const settings: Record<string, unknown> = {};
  const changed: string[] = [];
  const missing: string[] = [];
  for (const field of shown) {
    const { name } = field;
    const value = read.get(name);
    const isKept = isSecret(field) && textOf(value).trim() === "" && textOf(onRecord[name]) !== "";
    if (isKept && isMoved) missing.push(name);
    const after = isKept ? onRecord[name] : value;
    if (after !== "" && after !== undefined) settings[name] = after;
    if (hasChanged(onRecord[name], after)) changed.push(name);
  }
  return { settings, changed, missing };
}

const inSnakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Each problem at its field, the first one of each; what belongs to no field is under `""`. Of what is not there it is said that it is missing. */
export function problemsByField(
  fields: readonly SettingsField[],
  problems: readonly SettingsProblem[],
  settings: Readonly<Record<string, unknown>>,
): Readonly<Record<string, SettingsProblem>> {
  const byField: Record<string, SettingsProblem> = {};
  for (const problem of problems) {
    const subject = problem.replace(/_(missing|malformed|insecure|too_short|published)$/, "");
    const field = fields.find(({ name }) => inSnakeCase(name) === subject);
    const isMissing = field?.isRequired && plainOf(settings[field.name]) === "";
    byField[field?.name ?? ""] ??= isMissing ? `${subject}_missing` : problem;
  }
  return byField;
}
