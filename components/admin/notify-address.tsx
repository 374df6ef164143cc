"use client";

import { useState } from "react";
import { TextField } from "@/components/form/fields";
import { CopyButton } from "@/components/ui/copy-button";

export interface NotifyWords {
  notifyUrl: string;
  notifyHint: string;
  copy: string;
  copied: string;
  copyFailed: string;
}

/** Where the gateway tells what happened, to be copied to where some gateways want it registered. */
export function NotifyAddress({ url, t }: Readonly<{ url: string; t: NotifyWords }>) {
  return (
    <div>
      <p className="text-sm font-medium">{t.notifyUrl}</p>
      <div className="mt-1 flex flex-wrap items-center gap-2">
        <code className="secret-text min-w-0 break-all rounded-sm bg-sunken px-2 py-1 text-sm">{url}</code>
        <CopyButton text={url} label={t.copy} copiedLabel={t.copied} failedLabel={t.copyFailed} />
      </div>
      <p className="mt-1 text-sm text-faint">{t.notifyHint}</p>
    </div>
  );
}

interface AccountIdFieldProps {
  suggestion: string;
  /** The notify address up to the id. */
  base: string;
  label: string;
  hint: string;
  t: NotifyWords;
}

/** The id of a new account with the address that follows from it: some gateways want that before they give out their keys. */
export function AccountIdField({ suggestion, base, label, hint, t }: Readonly<AccountIdFieldProps>) {
  const [id, setId] = useState(suggestion);
  return (
    <>
      <TextField
        name="id"
        label={label}
        hint={hint}
        required
        maxLength={32}
        autoCapitalize="none"
        spellCheck={false}
        value={id}
        onChange={(event) => setId(event.target.value)}
      />
      <div className="sm:col-span-2">
        <NotifyAddress url={`${base}${id.trim()}`} t={t} />
      </div>
    </>
  );
}
