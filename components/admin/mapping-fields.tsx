"use client";

import { type ReactNode, useState } from "react";
import { Field } from "@/components/form/field";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Input, Select } from "@/components/ui/input";
import { MAPPED_COLUMNS } from "@/lib/features/statements/rules";
import type { MappedColumn, Mapping } from "@/lib/features/statements/schema";
import { ZONES } from "@/lib/features/statements/times";
import { limits } from "@/lib/kernel/limits";
import { CURRENCIES } from "@/lib/kernel/money";
import type { StatementWords } from "./statement-words";

interface MappingFieldsProps {
  columns: readonly string[];
  mapping: Mapping;
  disabled: boolean;
  t: StatementWords["uploadPage"];
  onChange: (mapping: Mapping) => void;
  onPreview: (mapping: Mapping) => void;
}

const DELIMITERS = { ",": "comma", "\t": "tab", ";": "semicolon", "|": "bar" } as const;
const REQUIRED: readonly MappedColumn[] = ["at", "amount"];
const wordsIn = (text: string): string[] =>
  text
    .split(/[\s,，;；]+/)
    .filter(Boolean)
    .slice(0, limits.statementWordsMax);

/** Which column is what, for a table that nobody knows. */
export function MappingFields({ columns, mapping, disabled, t, onChange, onPreview }: Readonly<MappingFieldsProps>) {
  const change = (part: Partial<Mapping>) => onChange({ ...mapping, ...part });
  const isNamed = mapping.columns.tradeNo !== undefined || mapping.columns.orderNo !== undefined;
  return (
    <Card>
      <fieldset disabled={disabled} className="space-y-4">
        <legend className="sr-only">{t.unrecognised}</legend>
        <div className="grid gap-4 sm:grid-cols-2">
          {MAPPED_COLUMNS.map((name) => (
            <ColumnField key={name} name={name} columns={columns} mapping={mapping} t={t} onChange={onChange} />
          ))}
        </div>
        <div className="grid gap-4 border-t pt-4 sm:grid-cols-2">
          <Choice
            id="sign"
            label={t.sign}
            value={mapping.sign}
            choices={t.signs}
            onChange={(sign) => change({ sign: sign as Mapping["sign"] })}
          />
          <Words
            id="refundWords"
            label={t.refundWords}
            hint={t.refundWordsHint}
            words={mapping.refundWords}
            onWords={(refundWords) => change({ refundWords })}
          />
          <Words
            id="paidWords"
            label={t.paidWords}
            hint={t.paidWordsHint}
            words={mapping.paidWords}
            onWords={(paidWords) => change({ paidWords })}
          />
          <Choice
            id="currency"
            label={t.currency}
            value={mapping.currency}
            choices={Object.fromEntries(CURRENCIES.map((code) => [code, code]))}
            onChange={(currency) => change({ currency: currency as Mapping["currency"] })}
          />
          <Choice
            id="zone"
            label={t.zone}
            value={mapping.zone}
            choices={Object.fromEntries(ZONES.map((zone) => [zone, zone]))}
            onChange={(zone) => change({ zone: zone as Mapping["zone"] })}
          />
          <Choice
            id="dateOrder"
            label={t.dateOrder}
            value={mapping.dateOrder}
            choices={t.dateOrders}
            onChange={(order) => change({ dateOrder: order as Mapping["dateOrder"] })}
          />
          <Choice
            id="encoding"
            label={t.encoding}
            value={mapping.encoding}
            choices={{ "utf-8": "UTF-8", gbk: "GBK" }}
            onChange={(encoding) => change({ encoding: encoding as Mapping["encoding"] })}
          />
          <Choice
            id="delimiter"
            label={t.delimiter}
            value={mapping.delimiter}
            choices={Object.fromEntries(
              Object.entries(DELIMITERS).map(([letter, name]) => [letter, t.delimiters[name]]),
            )}
            onChange={(delimiter) => change({ delimiter: delimiter as Mapping["delimiter"] })}
          />
          <Field id="skippedLines" label={t.skippedLines}>
            <Input
              id="skippedLines"
              type="number"
              min={0}
              max={limits.statementSkippedLinesMax}
              value={mapping.skippedLines}
              onChange={(event) => change({ skippedLines: Math.max(0, Math.floor(Number(event.target.value) || 0)) })}
            />
          </Field>
        </div>
        <Button onClick={() => onPreview(mapping)} disabled={disabled || !isNamed}>
          {t.previewAgain}
        </Button>
        {isNamed ? null : <p className="text-sm text-soft">{t.pickFirst}</p>}
      </fieldset>
    </Card>
  );
}

type ColumnFieldProps = Pick<MappingFieldsProps, "columns" | "mapping" | "t" | "onChange"> & { name: MappedColumn };

function ColumnField({ name, columns, mapping, t, onChange }: Readonly<ColumnFieldProps>) {
  const choose = (text: string) => {
    const { [name]: _before, ...others } = mapping.columns;
    onChange({
      ...mapping,
      columns: { ...others, ...(text === "" ? {} : { [name]: Number(text) }) } as Mapping["columns"],
    });
  };
  return (
    <Field id={`column-${name}`} label={t.fields[name]}>
      <Select
        id={`column-${name}`}
        value={mapping.columns[name] ?? ""}
        onChange={(event) => choose(event.target.value)}
      >
        {REQUIRED.includes(name) ? null : <option value="">{t.notThere}</option>}
        {columns.map((column, place) => (
          <option key={place} value={place}>
            {`${place + 1}. ${column}`}
          </option>
        ))}
      </Select>
    </Field>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  value: string;
  choices: Readonly<Record<string, ReactNode>>;
  onChange: (value: string) => void;
}

function Choice({ id, label, value, choices, onChange }: Readonly<ChoiceProps>) {
  return (
    <Field id={id} label={label}>
      <Select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {Object.entries(choices).map(([choice, word]) => (
          <option key={choice} value={choice}>
            {word}
          </option>
        ))}
      </Select>
    </Field>
  );
}

interface WordsProps {
  id: string;
  label: string;
  hint: string;
  words: readonly string[];
  onWords: (words: string[]) => void;
}

/** What is typed stays as it is typed, while its words are what counts. */
function Words({ id, label, hint, words, onWords }: Readonly<WordsProps>) {
  const [text, setText] = useState(words.join(" "));
  return (
    <Field id={id} label={label} hint={hint}>
      <Input
        id={id}
        value={text}
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          setText(event.target.value);
          onWords(wordsIn(event.target.value));
        }}
      />
    </Field>
  );
}
