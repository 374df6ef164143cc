"use client";

import type { ComponentProps } from "react";
import { useFormStatus } from "react-dom";
import { Button } from "@/components/ui/button";

type SubmitButtonProps = Readonly<ComponentProps<typeof Button> & { pendingLabel: string }>;

/** Submits its form and says so while it does; a second press meanwhile does nothing. */
export function SubmitButton({ pendingLabel, children, disabled, ...rest }: SubmitButtonProps) {
  const { pending } = useFormStatus();
  return (
    <Button type="submit" disabled={disabled || pending} aria-busy={pending || undefined} {...rest}>
      {pending ? pendingLabel : children}
    </Button>
  );
}
