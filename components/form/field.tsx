import type { ReactNode } from "react";

interface FieldProps {
  /** The id of the control inside; hint and error get `<id>-hint` and `<id>-error`. */
  id: string;
  label: string;
  note?: string;
  hint?: string;
  error?: string;
  children: ReactNode;
}

/** What a control inside a field says about itself to assistive technology. */
export function describedBy({ id, hint, error }: { id: string; hint?: string; error?: string }) {
  const ids = [error ? `${id}-error` : "", hint ? `${id}-hint` : ""].filter(Boolean).join(" ");
  return { "aria-invalid": error ? true : undefined, "aria-describedby": ids || undefined } as const;
}

/** What `describedBy` points at. */
export function FieldNotes({ id, hint, error }: Readonly<{ id: string; hint?: string; error?: string }>) {
  return (
    <>
      {error ? (
        <p id={`${id}-error`} className="text-sm text-cinnabar">
          {error}
        </p>
      ) : null}
      {hint ? (
        <p id={`${id}-hint`} className="text-sm text-faint">
          {hint}
        </p>
      ) : null}
    </>
  );
}

export function Field({ id, label, note, hint, error, children }: Readonly<FieldProps>) {
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="flex items-baseline justify-between gap-2 text-sm font-medium">
        {label}
        {note ? <span className="font-normal text-faint">{note}</span> : null}
      </label>
      {children}
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  );
}
