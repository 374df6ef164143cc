"use client";

import { useEffect, useState } from "react";
import { Field } from "@/components/form/field";
import { Input } from "@/components/ui/input";

/**
 * The token of a mailed link. It stands in the address's fragment, which browsers send to nobody, until the form that holds this is
 * sent; without scripts it is pasted.
 */
export function MailedLinkField({ t }: Readonly<{ t: Readonly<Record<"paste" | "pasteHint", string>> }>) {
  const [token, setToken] = useState("");
  useEffect(() => setToken(window.location.hash.slice(1)), []);
  if (token) return <input type="hidden" name="link" value={token} />;
  return (
    <Field id="link" label={t.paste} hint={t.pasteHint}>
      <Input id="link" name="link" required autoComplete="off" />
    </Field>
  );
}
