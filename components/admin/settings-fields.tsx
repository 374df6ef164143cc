"use client";

import clsx from "clsx";
import { useState } from "react";
import { useForm } from "@/components/form/action-form";
import { describedBy, FieldNotes } from "@/components/form/field";
import { AreaField, SelectField, TextField } from "@/components/form/fields";
import type { SettingsField } from "@/lib/features/payments/gateways/port";
import { type FieldValue, shownFields } from "@/lib/features/payments/settings-form";

interface KindWords {
  fields: Readonly<Record<string, string>>;
  hints: Readonly<Record<string, string>>;
  choices: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface SettingsFieldsProps {
  fields: readonly SettingsField[];
  values: Readonly<Record<string, FieldValue>>;
  onRecord: readonly string[];
  /** Stands before each name, so that no setting is taken for a field of the account. */
  prefix: string;
  words: KindWords;
  kept: string;
  optional: string;
}

/**
 * The settings of one kind, as its own list of fields says. A field that another one makes pointless is hidden where there are scripts;
 * without them all are there, and the server leaves out what does not matter.
 */
export function SettingsFields({ fields, values, ...rest }: Readonly<SettingsFieldsProps>) {
  const [chosen, choose] = useState<Readonly<Record<string, string>>>({});
  const shown = shownFields(fields, (name) => chosen[name] ?? values[name]);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {fields.map((field) => (
        <div key={field.name} className={clsx(!shown.includes(field) && "js:hidden", isWide(field) && "sm:col-span-2")}>
          <Setting
            field={field}
            value={values[field.name] ?? ""}
            // What is hidden must not keep the form from being sent.
            isRequired={field.isRequired && field.only === undefined}
            onChoose={(value) => choose((before) => ({ ...before, [field.name]: value }))}
            {...rest}
          />
        </div>
      ))}
    </div>
  );
}

const isWide = ({ input }: SettingsField): boolean => input === "text_area" || input === "secret_text";

interface SettingProps extends Omit<SettingsFieldsProps, "fields" | "values"> {
  field: SettingsField;
  value: FieldValue;
  isRequired: boolean;
  onChoose: (value: string) => void;
}

/** What is said of a field, whatever its control is. */
function sharedOf({ field, isRequired, prefix, words, onRecord, kept, optional }: SettingProps) {
  const { name } = field;
  const isKept = onRecord.includes(name);
  return {
    name: `${prefix}${name}`,
    label: words.fields[name] ?? name,
    hint: [isKept ? kept : "", words.hints[name] ?? ""].filter(Boolean).join(kept.endsWith("。") ? "" : " "),
    required: isRequired && !isKept,
    // Of a choice something is always chosen.
    ...(field.isRequired || field.input === "choice" ? {} : { note: optional }),
  };
}

const MONO = "font-mono text-sm";

function Setting(props: Readonly<SettingProps>) {
  const { field, value, words, onChoose } = props;
  const shared = sharedOf(props);
  const labels = words.choices[field.name] ?? {};
  const chosen = Array.isArray(value) ? (value as readonly string[]) : [];
  const text = typeof value === "string" ? value : "";
  switch (field.input) {
    case "choice":
      return (
        <SelectField {...shared} defaultValue={text} onChange={(event) => onChoose(event.target.value)}>
          {field.choices?.map((choice) => (
            <option key={choice} value={choice}>
              {labels[choice] ?? choice}
            </option>
          ))}
        </SelectField>
      );
    case "switch":
      return <Boxes {...shared} boxes={["on"]} labels={{ on: shared.label }} chosen={value === true ? ["on"] : []} />;
    case "list":
      if (field.choices) return <Boxes {...shared} boxes={field.choices} labels={labels} chosen={chosen} />;
      return <AreaField {...shared} defaultValue={chosen.join("\n")} spellCheck={false} />;
    case "text_area":
      return <AreaField {...shared} defaultValue={text} spellCheck={false} autoComplete="off" className={MONO} />;
    case "secret_text":
      return <AreaField {...shared} defaultValue="" spellCheck={false} autoComplete="off" className={MONO} />;
    case "secret":
      return <TextField {...shared} type="password" defaultValue="" autoComplete="new-password" />;
    default:
      return (
        <TextField {...shared} type={field.input === "url" ? "url" : "text"} defaultValue={text} autoComplete="off" />
      );
  }
}

interface BoxesProps {
  name: string;
  label: string;
  hint: string;
  boxes: readonly string[];
  labels: Readonly<Record<string, string>>;
  chosen: readonly string[];
}

/** Things to tick, of which any number may be. */
function Boxes({ name, label, hint, boxes, labels, chosen }: Readonly<BoxesProps>) {
  const form = useForm();
  const id = `${form.id}${name}`;
  const error = form.errorOf(name);
  return (
    <fieldset aria-describedby={describedBy({ id, hint, error })["aria-describedby"]} className="min-w-0">
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      <div className="flex flex-wrap gap-x-5">
        {boxes.map((choice) => (
          <label key={choice} className="flex min-h-11 items-center gap-2 text-sm">
            <input
              type="checkbox"
              name={name}
              value={choice}
              defaultChecked={chosen.includes(choice)}
              aria-invalid={error ? true : undefined}
              className="size-5"
            />
            {labels[choice] ?? choice}
          </label>
        ))}
      </div>
      <FieldNotes id={id} hint={hint} error={error} />
    </fieldset>
  );
}
