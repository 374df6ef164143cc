"use client";

import { usePathname } from "next/navigation";
import { Button, buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { toLocale } from "@/lib/i18n/locale";

/** An error page must be client code; it carries only its own few sentences. */
const WORDS = {
  zh: {
    title: "出了点问题",
    text: "页面没能打开，我们已经记下。如果刚付过款，款项不会丢，稍后刷新订单页就好。",
    retry: "再试一次",
    home: "回到首页",
  },
  en: {
    title: "Something went wrong",
    text: "The page could not be opened and we have noted it. If you have just paid, your money is safe; refresh the order page in a while.",
    retry: "Try again",
    home: "Back to the shop",
  },
};

export function BrokenPage({ retry }: Readonly<{ retry: () => void }>) {
  const locale = toLocale(usePathname().split("/")[1] ?? "");
  const t = WORDS[locale];
  return (
    <EmptyState heading="h1" title={t.title} text={t.text}>
      <Button variant="ink" onClick={retry}>
        {t.retry}
      </Button>
      <a href={`/${locale}`} className={buttonClass()}>
        {t.home}
      </a>
    </EmptyState>
  );
}
