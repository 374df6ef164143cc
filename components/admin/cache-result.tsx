"use client";

import { useForm } from "@/components/form/action-form";
import { Notice } from "@/components/ui/notice";
import type { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

interface Answer {
  readonly outcome: "absent" | "unanswered" | "compared";
  readonly compared: number;
  readonly drifted: number;
  readonly missing: number;
  readonly strays: number;
}

interface CacheResultProps {
  locale: Locale;
  t: ReturnType<typeof getMessages>["reports"]["caches"];
}

/** What a check came to, under the button that asked for it. */
export function CacheResult({ locale, t }: Readonly<CacheResultProps>) {
  const { answer } = useForm();
  if (!answer) return null;
  const { outcome, compared, drifted, missing, strays } = answer as Answer;
  if (outcome !== "compared") return <Notice role="status">{t[outcome]}</Notice>;
  const isClean = drifted + missing + strays === 0;
  const counts = Object.entries({ compared, drifted, missing, strays }).map(([name, n]) => [
    name,
    formatCount(n, locale),
  ]);
  return (
    <Notice role="status" tone={drifted > 0 ? "seal" : "plain"} title={isClean ? t.clean : t.mendedNow}>
      {fill(t.result, Object.fromEntries(counts))}
    </Notice>
  );
}
