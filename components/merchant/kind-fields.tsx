"use client";

import { useForm } from "@/components/form/action-form";
import { SelectField, TextField } from "@/components/form/fields";
import { Input, Select } from "@/components/ui/input";
import type { BuyerField } from "@/lib/kernel/buyer-fields";
import { limits } from "@/lib/kernel/limits";

export interface KindValues {
  readonly kind: string;
  readonly manualHours: string;
  readonly fields: readonly BuyerField[];
  readonly presaleAt: string;
  readonly presaleCap: string;
}

interface KindFieldsProps {
  values: KindValues;
  optional: string;
  t: {
    title: string;
    kind: string;
    kindHint: string;
    kinds: Readonly<Record<"unique" | "manual", string>>;
    hours: string;
    hoursHint: string;
    fields: string;
    fieldsHint: string;
    fieldZh: string;
    fieldEn: string;
    fieldRequired: string;
    required: string;
    mayBeEmpty: string;
    presale: string;
    presaleHint: string;
    presaleAt: string;
    presaleCap: string;
    presaleCapHint: string;
  };
}

/** How a variant comes to be: from stock, by a person, or before its day. Without scripts all of it is there; what does not apply is left empty. */
export function KindFields({ values, optional, t }: Readonly<KindFieldsProps>) {
  return (
    <details className="rounded-md border p-3" open={values.kind !== "unique" || values.presaleAt !== ""}>
      <summary className="cursor-pointer text-sm font-medium">{t.title}</summary>
      <div className="mt-3 space-y-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField name="kind" label={t.kind} hint={t.kindHint} defaultValue={values.kind}>
            {(["unique", "manual"] as const).map((kind) => (
              <option key={kind} value={kind}>
                {t.kinds[kind]}
              </option>
            ))}
          </SelectField>
          <TextField
            name="manualHours"
            label={t.hours}
            hint={t.hoursHint}
            note={optional}
            inputMode="numeric"
            defaultValue={values.manualHours}
          />
        </div>
        <BuyerFields fields={values.fields} t={t} />
        <p className="border-t pt-4 text-sm">
          <span className="font-medium">{t.presale}</span> <span className="text-faint">{t.presaleHint}</span>
        </p>
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            name="presaleAt"
            type="datetime-local"
            label={t.presaleAt}
            note={optional}
            defaultValue={values.presaleAt}
          />
          <TextField
            name="presaleCap"
            label={t.presaleCap}
            hint={t.presaleCapHint}
            note={optional}
            inputMode="numeric"
            defaultValue={values.presaleCap}
          />
        </div>
      </div>
    </details>
  );
}

/** As many rows as there are questions and one more; empty ones do not count. */
function BuyerFields({ fields, t }: Readonly<Pick<KindFieldsProps, "t"> & { fields: readonly BuyerField[] }>) {
  const { id, errorOf } = useForm();
  const error = errorOf("fieldZh");
  const count = Math.min(limits.buyerFieldsMax, fields.length + 2);
  const isWrong = error ? true : undefined;
  return (
    <fieldset aria-describedby={error ? `${id}fields-error` : `${id}fields-hint`}>
      <legend className="text-sm font-medium">{t.fields}</legend>
      <p id={`${id}fields-hint`} className="mt-1 mb-2 text-sm text-faint">
        {t.fieldsHint}
      </p>
      <div className="grid gap-2">
        {Array.from({ length: count }, (_, row) => (
          <div key={`${row}-${fields[row]?.zh ?? ""}`} className="grid gap-2 sm:grid-cols-[1fr_1fr_9.5rem]">
            <Input
              name="fieldZh"
              aria-label={`${t.fieldZh} ${row + 1}`}
              placeholder={t.fieldZh}
              maxLength={limits.buyerFieldLettersMax}
              aria-invalid={isWrong}
              defaultValue={fields[row]?.zh}
            />
            <Input
              name="fieldEn"
              aria-label={`${t.fieldEn} ${row + 1}`}
              placeholder={t.fieldEn}
              maxLength={limits.buyerFieldLettersMax}
              aria-invalid={isWrong}
              defaultValue={fields[row]?.en}
            />
            <Select
              name="fieldRequired"
              aria-label={`${t.fieldRequired} ${row + 1}`}
              defaultValue={fields[row]?.isRequired === false ? "no" : "yes"}
            >
              <option value="yes">{t.required}</option>
              <option value="no">{t.mayBeEmpty}</option>
            </Select>
          </div>
        ))}
      </div>
      {error ? (
        <p id={`${id}fields-error`} className="mt-1.5 text-sm text-cinnabar">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
