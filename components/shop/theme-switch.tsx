"use client";

import clsx from "clsx";
import { Monitor, Moon, Sun } from "lucide-react";
import { useSyncExternalStore } from "react";
import { THEME_KEY } from "./theme-script";

const CHOICES = [
  { theme: "system", Icon: Monitor },
  { theme: "light", Icon: Sun },
  { theme: "dark", Icon: Moon },
] as const;
type Theme = (typeof CHOICES)[number]["theme"];
const CHANGED = "kapu-theme-changed";

const readTheme = (): Theme => {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
};

function subscribe(onChange: () => void) {
  window.addEventListener(CHANGED, onChange);
  return () => window.removeEventListener(CHANGED, onChange);
}

function choose(theme: Theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(THEME_KEY);
    else localStorage.setItem(THEME_KEY, theme);
  } catch {
    // A browser that keeps nothing still gets the theme for this page.
  }
  window.dispatchEvent(new Event(CHANGED));
}

/** System, light or dark; remembered on this device. Needs scripts, so it is hidden without them. */
export function ThemeSwitch({ t }: Readonly<{ t: Record<Theme | "label", string> }>) {
  const current = useSyncExternalStore(subscribe, readTheme, () => "system" as const);
  return (
    <fieldset className="inline-flex rounded-md border p-0.5 nojs:hidden">
      <legend className="sr-only">{t.label}</legend>
      {CHOICES.map(({ theme, Icon }) => (
        <label
          key={theme}
          title={t[theme]}
          className={clsx(
            "grid size-8 place-items-center rounded-sm has-focus-visible:outline-2 has-focus-visible:outline-cinnabar",
            current === theme ? "bg-sunken text-ink" : "text-faint hover:text-ink",
          )}
        >
          <input
            type="radio"
            name="theme"
            value={theme}
            checked={current === theme}
            onChange={() => choose(theme)}
            className="sr-only"
          />
          <Icon size={16} aria-hidden="true" />
          <span className="sr-only">{t[theme]}</span>
        </label>
      ))}
    </fieldset>
  );
}
