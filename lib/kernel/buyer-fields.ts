import { limits } from "./limits";
import { err, ok, type Result } from "./result";

/** Something a buyer is asked when he orders what a person makes for him. */
export interface BuyerField {
  /** f1, f2 …: its name in forms and answers. */
  readonly key: string;
  readonly zh: string;
  readonly en: string;
  readonly isRequired: boolean;
}

/** What a buyer wrote, by the keys of the fields. */
export type Answers = Readonly<Record<string, string>>;

const isText = (value: unknown): value is string => typeof value === "string";

/** The fields as a column of JSON holds them; what is none is left out. */
export function readBuyerFields(json: unknown): BuyerField[] {
  if (!Array.isArray(json)) return [];
  return json.flatMap((entry: unknown) => {
    const { key, zh, en, isRequired } = (entry ?? {}) as Record<string, unknown>;
    return isText(key) && isText(zh) && isText(en) ? [{ key, zh, en, isRequired: isRequired === true }] : [];
  });
}

/** What was written into the fields, trimmed; refused with the keys of those that are empty and must not be, or too long. */
export function judgeAnswers(fields: readonly BuyerField[], given: Answers): Result<Answers, readonly string[]> {
  const answers: Record<string, string> = {};
  const wrong: string[] = [];
  for (const { key, isRequired } of fields) {
    const text = Object.hasOwn(given, key) ? (given[key] as string).trim() : "";
    if ((isRequired && text === "") || text.length > limits.answerLettersMax) wrong.push(key);
    else if (text !== "") answers[key] = text;
  }
  return wrong.length > 0 ? err(wrong) : ok(answers);
}
