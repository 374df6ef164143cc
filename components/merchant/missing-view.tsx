"use client";

import { usePathname } from "next/navigation";
import { buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { toLocale } from "@/lib/i18n/locale";

/** Not-found pages are given no language, so they read it from their address. */
const WORDS = {
  zh: { title: "没有这个页面", text: "它可能被移走了，或者不属于你的店铺。", back: "回到概览" },
  en: {
    title: "There is no such page",
    text: "It may have moved, or it does not belong to your shop.",
    back: "Back to the overview",
  },
};

export function MissingView() {
  const [, language = "", area = ""] = usePathname().split("/");
  const t = WORDS[toLocale(language)];
  return (
    <EmptyState heading="h1" title={t.title} text={t.text}>
      <a href={`/${toLocale(language)}/${area}`} className={buttonClass()}>
        {t.back}
      </a>
    </EmptyState>
  );
}
