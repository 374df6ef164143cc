import { Field } from "@/components/form/field";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/input";
import { BLOCK_ENDS, DELIMITERS, ENCODINGS, FORMATS, type Reading } from "@/lib/features/imports/rules";
import type { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";

type Words = ReturnType<typeof getMessages>["imports"]["reading"];

interface ReadingFormProps {
  reading: Reading;
  path: string;
  t: Words;
  joiner: string;
}

/** How a file is read, as a plain form that asks for the same page again: it works without scripts and can be gone back from. */
export function ReadingForm({ reading, path, t, joiner }: Readonly<ReadingFormProps>) {
  const { format } = reading;
  const isSheet = format === "xlsx";
  const hasRows = format === "table" || isSheet;
  const separators = format === "blocks" ? BLOCK_ENDS : DELIMITERS;
  return (
    <Card className="max-w-2xl">
      <form action={path} className="space-y-4">
        <div className="grid gap-4 sm:grid-cols-2">
          {isSheet ? null : (
            <Choice
              name="encoding"
              label={t.encoding}
              values={ENCODINGS}
              words={t.encodings}
              value={reading.encoding}
            />
          )}
          <Choice
            name="format"
            label={t.format}
            values={isSheet ? (["xlsx"] as const) : FORMATS.filter((value) => value !== "xlsx")}
            words={t.formats}
            value={format}
          />
          {format === "table" || format === "blocks" ? (
            <Choice
              name="separator"
              label={t.separator}
              values={separators}
              words={t.separators}
              value={reading.separator}
            />
          ) : null}
          {hasRows ? (
            <Choice
              name="header"
              label={t.header}
              values={["yes", "no"]}
              words={t}
              value={reading.hasHeader ? "yes" : "no"}
            />
          ) : null}
          <Choice name="trim" label={t.trim} values={["no", "yes"]} words={t} value={reading.trimsEnd ? "yes" : "no"} />
        </div>
        {reading.columns.length > 1 ? (
          <>
            <Columns reading={reading} t={t} joiner={joiner} />
            <PublicColumns reading={reading} t={t} />
          </>
        ) : null}
        <Button type="submit">{t.again}</Button>
      </form>
    </Card>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  values: readonly string[];
  words: Readonly<Record<string, unknown>>;
  value: string;
}

function Choice({ name, label, values, words, value }: Readonly<ChoiceProps>) {
  return (
    <Field id={`reading-${name}`} label={label}>
      <Select id={`reading-${name}`} name={name} defaultValue={value} key={value}>
        {values.map((each) => (
          <option key={each} value={each}>
            {String(words[each] ?? each)}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** What of a row everybody may see: nothing, unless its merchant says so. */
function PublicColumns({ reading, t }: Readonly<Pick<ReadingFormProps, "reading" | "t">>) {
  const values = ["none", ...reading.columns.map((_, place) => String(place))];
  const words = Object.fromEntries(
    values.map((value) => [value, value === "none" ? t.noColumn : columnWord(reading, Number(value), t)]),
  );
  return (
    <fieldset>
      <legend className="text-sm font-medium">{t.public}</legend>
      <p className="mb-2 text-sm text-faint">{t.publicHint}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        {(["preview", "extra"] as const).map((name) => (
          <Choice
            key={name}
            name={name}
            label={t.publicColumns[name]}
            values={values}
            words={words}
            value={String(reading[name] ?? "none")}
          />
        ))}
      </div>
    </fieldset>
  );
}

/** What operators' `║` rows hold behind the card, in this order. */
const PICKED = ["preview", "extra", "cost"] as const;

/** What a column is called: by the file, by what the operators' `║` rows hold there, or by its number. */
export function columnWord({ hasHeader, format, separator, columns }: Reading, place: number, t: Words): string {
  const name = hasHeader || format === "json" ? columns[place] : undefined;
  const picked = separator === "║" ? PICKED[place - 1] : undefined;
  return name || (picked ? t.picked[picked] : fill(t.column, { number: place + 1 }));
}

function Columns({ reading, t, joiner }: Readonly<Pick<ReadingFormProps, "reading" | "t" | "joiner">>) {
  return (
    <fieldset>
      <legend className="text-sm font-medium">{t.columns}</legend>
      <p className="mb-2 text-sm text-faint">{fill(t.columnsHint, { joiner })}</p>
      <div className="flex max-h-48 flex-wrap gap-x-5 gap-y-1 overflow-y-auto">
        {reading.columns.map((_, place) => (
          <label key={place} className="flex min-h-9 items-center gap-2 text-sm">
            <input type="checkbox" name="column" value={place} defaultChecked={reading.chosen.includes(place)} />
            {columnWord(reading, place, t)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
