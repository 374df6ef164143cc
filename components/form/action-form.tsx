"use client";

import {
  createContext,
  type FormEvent,
  type ReactNode,
  startTransition,
  useActionState,
  useContext,
  useEffect,
  useId,
  useRef,
} from "react";
import { useFormStatus } from "react-dom";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { ActionState } from "@/lib/entry/action";
import type { Locale } from "@/lib/i18n/locale";

type Sentences = Readonly<Record<string, string>>;
type Action = (previous: ActionState<unknown> | null, form: FormData) => Promise<ActionState<unknown>>;

interface FormContext {
  readonly id: string;
  readonly isPending: boolean;
  readonly errorOf: (name: string) => string | undefined;
  /** What the action answered when it last succeeded. */
  readonly answer: unknown;
}
const Context = createContext<FormContext>({ id: "", isPending: false, errorOf: () => undefined, answer: null });

/** What the fields inside an ActionForm ask: their own error, and an id that no other form on the page has. */
export const useForm = () => useContext(Context);

interface ActionFormProps {
  action: Action;
  locale: Locale;
  errors: Sentences;
  /** Said after success, when the page does not change by itself. */
  saved?: string;
  className?: string;
  children: ReactNode;
}

export const sentenceOf = (errors: Sentences, code: string): string =>
  (Object.hasOwn(errors, code) ? errors[code] : errors.unexpected) ?? code;

/**
 * A form over a server action: works without scripts; with them it keeps what was typed when the answer is a refusal, marks
 * the fields it concerns and moves to the first of them.
 */
export function ActionForm({ action, locale, errors, saved, className, children }: Readonly<ActionFormProps>) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [state, dispatch, isPending] = useActionState(action, null);
  useEffect(() => {
    if (!state) return;
    const wrong = state.ok ? null : form.current?.querySelector<HTMLElement>("[aria-invalid=true]");
    if (wrong) wrong.focus();
    // Of a long form the button is far from where the answer stands.
    else form.current?.querySelector("[data-answer]")?.scrollIntoView({ block: "nearest" });
  }, [state]);
  // React empties a form whose action it calls itself; sending by hand keeps what was typed.
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isPending) return;
    const { submitter } = event.nativeEvent as SubmitEvent;
    const sent = new FormData(event.currentTarget, submitter);
    startTransition(() => dispatch(sent));
  };
  const fields = state && !state.ok ? (state.fields ?? {}) : {};
  const errorOf = (name: string) => (fields[name] ? sentenceOf(errors, fields[name]) : undefined);
  return (
    <Context value={{ id, isPending, errorOf, answer: state?.ok ? state.data : null }}>
      <form ref={form} action={dispatch} onSubmit={submit} className={className}>
        <input type="hidden" name="locale" value={locale} />
        {state && !state.ok ? (
          <Notice tone="seal" role="alert" data-answer>
            {sentenceOf(errors, state.code)}
            {state.code === "step_up" ? (
              <StepUpLink locale={locale} label={sentenceOf(errors, "step_up_open")} />
            ) : null}
          </Notice>
        ) : null}
        {state?.ok && saved ? (
          <Notice role="status" data-answer>
            {saved}
          </Notice>
        ) : null}
        {children}
      </form>
    </Context>
  );
}

/** In a tab of its own: what was typed here stays as it is. */
const StepUpLink = ({ locale, label }: Readonly<{ locale: Locale; label: string }>) => (
  <>
    {" "}
    <a href={`/${locale}/step-up`} target="_blank" rel="noopener" className="font-medium underline underline-offset-4">
      {label}
    </a>
  </>
);

type ActionSubmitProps = Readonly<React.ComponentProps<typeof Button> & { pendingLabel: string }>;

/** Sends its ActionForm and says so while it does. */
export function ActionSubmit({ pendingLabel, children, disabled, ...rest }: ActionSubmitProps) {
  const { isPending } = useForm();
  const { pending } = useFormStatus();
  const isBusy = isPending || pending;
  return (
    <Button type="submit" disabled={disabled || isBusy} aria-busy={isBusy || undefined} {...rest}>
      {isBusy ? pendingLabel : children}
    </Button>
  );
}
