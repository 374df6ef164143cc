"use client";

import type { ComponentProps, ReactNode } from "react";
import { Input, Select, Textarea } from "@/components/ui/input";
import { useForm } from "./action-form";
import { describedBy, Field, FieldNotes } from "./field";

interface Labelled {
  name: string;
  label: string;
  hint?: string;
  note?: string;
}

/** What a control of this form needs: its id, and how it is described. */
function useField({ name, hint }: Labelled) {
  const form = useForm();
  const id = `${form.id}${name}`;
  const error = form.errorOf(name);
  return { id, error, described: describedBy({ id, hint, error }) };
}

type TextFieldProps = Readonly<Labelled & Omit<ComponentProps<typeof Input>, "name">>;

export function TextField({ name, label, hint, note, ...rest }: TextFieldProps) {
  const { id, error, described } = useField({ name, label, hint });
  return (
    <Field id={id} label={label} hint={hint} note={note} error={error}>
      <Input id={id} name={name} {...described} {...rest} />
    </Field>
  );
}

type AreaFieldProps = Readonly<Labelled & Omit<ComponentProps<typeof Textarea>, "name">>;

export function AreaField({ name, label, hint, note, ...rest }: AreaFieldProps) {
  const { id, error, described } = useField({ name, label, hint });
  return (
    <Field id={id} label={label} hint={hint} note={note} error={error}>
      <Textarea id={id} name={name} {...described} {...rest} />
    </Field>
  );
}

type SelectFieldProps = Readonly<Labelled & Omit<ComponentProps<typeof Select>, "name"> & { children: ReactNode }>;

export function SelectField({ name, label, hint, note, children, ...rest }: SelectFieldProps) {
  const { id, error, described } = useField({ name, label, hint });
  return (
    <Field id={id} label={label} hint={hint} note={note} error={error}>
      <Select id={id} name={name} {...described} {...rest}>
        {children}
      </Select>
    </Field>
  );
}

type CheckboxesFieldProps = Readonly<
  Labelled & { choices: readonly (readonly [value: string, label: string])[]; checked?: readonly string[] }
>;

/** Any number of choices under one name; the group says its error, as a field does. */
export function CheckboxesField({ name, label, hint, choices, checked = [] }: CheckboxesFieldProps) {
  const { id, error } = useField({ name, label, hint });
  return (
    <fieldset aria-describedby={error ? `${id}-error` : undefined}>
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      <div className="space-y-1">
        {choices.map(([value, text]) => (
          <label key={value} className="flex min-h-8 items-center gap-2 text-sm">
            <input
              type="checkbox"
              name={name}
              value={value}
              defaultChecked={checked.includes(value)}
              aria-invalid={error ? true : undefined}
              className="size-4.5 shrink-0"
            />
            {text}
          </label>
        ))}
      </div>
      <FieldNotes id={id} hint={hint} error={error} />
    </fieldset>
  );
}
