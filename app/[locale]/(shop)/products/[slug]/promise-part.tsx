import { Field } from "@/components/form/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { getMessages } from "@/lib/i18n";
import { limits } from "@/lib/kernel/limits";
import { ANSWER_PREFIX, type BuyVariant } from "./buy-state";

interface PromisePartProps {
  variant: BuyVariant;
  /** What was sent, so that nothing typed is lost. */
  answers: Readonly<Record<string, string>>;
  t: ReturnType<typeof getMessages>["shop"]["product"];
}

/** When it is delivered, said before anything is paid, and what the merchant must know to make it. */
export function PromisePart({ variant, answers, t }: Readonly<PromisePartProps>) {
  if (!variant.promise) return null;
  return (
    <>
      <Notice>{variant.promise}</Notice>
      {variant.fields.map(({ key, label, isRequired }) => {
        const id = `${variant.id}-${key}`;
        return (
          <Field key={id} id={id} label={label} note={isRequired ? undefined : t.optional}>
            <Input
              id={id}
              name={`${ANSWER_PREFIX}${key}`}
              required={isRequired}
              maxLength={limits.answerLettersMax}
              autoComplete="off"
              defaultValue={answers[key]}
            />
          </Field>
        );
      })}
    </>
  );
}
