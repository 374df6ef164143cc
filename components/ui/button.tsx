import clsx from "clsx";
import type { ComponentProps } from "react";

export type ButtonVariant = "seal" | "ink" | "outline" | "quiet";
export type ButtonSize = "sm" | "md" | "lg";

const VARIANTS: Record<ButtonVariant, string> = {
  seal: "bg-seal text-on-seal hover:bg-seal-pressed",
  ink: "bg-ink text-on-ink hover:bg-soft",
  outline: "border border-edge bg-surface text-ink hover:border-ink",
  quiet: "text-soft hover:bg-sunken hover:text-ink",
};
const SIZES: Record<ButtonSize, string> = {
  sm: "min-h-9 px-3 text-sm",
  md: "min-h-11 px-4 text-[0.9375rem]",
  lg: "min-h-12 px-6 text-base",
};

/** The look of a button, for a link that acts as one. `seal` is for the one act that matters on a page. */
export function buttonClass({ variant = "outline", size = "md" }: { variant?: ButtonVariant; size?: ButtonSize } = {}) {
  return clsx(
    // A word is never broken, in Chinese neither: in a narrow row a button would else stand on its end.
    "inline-flex select-none break-keep wrap-normal items-center justify-center gap-2 rounded-md font-medium transition-colors",
    "disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:cursor-not-allowed aria-disabled:opacity-55",
    VARIANTS[variant],
    SIZES[size],
  );
}

type ButtonProps = Readonly<ComponentProps<"button"> & { variant?: ButtonVariant; size?: ButtonSize }>;

export function Button({ variant, size, className, type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={clsx(buttonClass({ variant, size }), className)} {...rest} />;
}
