"use client";

import type { DragEvent, ReactNode } from "react";

interface FileDropProps {
  /** What the input is called for assistive technology. */
  label: string;
  accept: string;
  disabled: boolean;
  onFile: (file: File | null) => void;
  className: string;
  /** The file that was chosen, or what to do. */
  children: ReactNode;
}

/** Takes one file, dropped or chosen. */
export function FileDrop({ label, accept, disabled, onFile, className, children }: Readonly<FileDropProps>) {
  const drop = (event: DragEvent) => {
    event.preventDefault();
    if (!disabled) onFile(event.dataTransfer.files[0] ?? null);
  };
  return (
    <label
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
      className={`grid ${className} cursor-pointer place-items-center rounded-md border-2 border-dashed border-edge bg-surface p-6 text-center text-sm text-soft has-focus-visible:outline-2 has-focus-visible:outline-cinnabar hover:border-ink`}
    >
      <span className="break-all">{children}</span>
      <input
        type="file"
        accept={accept}
        aria-label={label}
        disabled={disabled}
        onChange={(event) => onFile(event.target.files?.[0] ?? null)}
        className="sr-only"
      />
    </label>
  );
}
