import clsx from "clsx";
import type { ComponentProps } from "react";

type NoticeProps = Readonly<Omit<ComponentProps<"div">, "title"> & { tone?: "plain" | "seal"; title?: string }>;

/** A sentence the visitor must not miss; give it `role="alert"` when it answers something they just did. */
export function Notice({ tone = "plain", title, className, children, ...rest }: NoticeProps) {
  return (
    <div
      className={clsx(
        "rounded-md border px-4 py-3 text-sm",
        tone === "seal" ? "border-cinnabar/35 bg-wash" : "bg-sunken",
        className,
      )}
      {...rest}
    >
      {title ? <p className={clsx("font-semibold", tone === "seal" && "text-cinnabar")}>{title}</p> : null}
      <div className={tone === "seal" ? "text-ink" : "text-soft"}>{children}</div>
    </div>
  );
}
