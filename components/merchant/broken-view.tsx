"use client";

import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { toLocale } from "@/lib/i18n/locale";

/** An error page must be client code; it carries only its own few sentences. */
const WORDS = {
  zh: { title: "页面没能打开", text: "我们已经记下。你没保存的内容还没有生效，可以再试一次。", retry: "再试一次" },
  en: {
    title: "The page could not be opened",
    text: "We have noted it. Whatever you had not saved has not taken effect; you can try again.",
    retry: "Try again",
  },
};

interface BrokenViewProps {
  error: Error & { digest?: string };
  reset: () => void;
}

export function BrokenView({ error, reset }: Readonly<BrokenViewProps>) {
  const t = WORDS[toLocale(usePathname().split("/")[1] ?? "")];
  useEffect(() => console.error("page.failed", error.digest), [error]);
  return (
    <EmptyState heading="h1" title={t.title} text={t.text}>
      <Button variant="ink" onClick={reset}>
        {t.retry}
      </Button>
    </EmptyState>
  );
}
