"use client";

import { Select } from "@/components/ui/input";
import { fill } from "@/lib/i18n/format";

export interface FilterChoice {
  readonly name: string;
  readonly label: string;
  /** What the query says now; empty means no filter. */
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  /** A sort has always a value; a filter can be off. */
  readonly isSort?: boolean;
}

/** Applies itself as soon as it is changed; without scripts the button beside it does. */
export function FilterSelect({ filter, all }: Readonly<{ filter: FilterChoice; all: string }>) {
  return (
    <Select
      // A new address brings a new value; an uncontrolled select would keep showing the old one.
      key={filter.value}
      name={filter.name}
      defaultValue={filter.value}
      aria-label={filter.label}
      onChange={(event) => event.currentTarget.form?.requestSubmit()}
      className="h-10 w-auto min-w-0 flex-[1_1_40%] text-sm max-sm:px-2! sm:max-w-48 sm:flex-none"
    >
      {filter.isSort ? null : <option value="">{fill(all, { name: filter.label })}</option>}
      {filter.options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </Select>
  );
}
