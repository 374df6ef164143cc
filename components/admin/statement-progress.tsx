"use client";

import { Bar, SentBar, type UploadWords } from "@/components/merchant/sent-bar";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { Sending } from "./use-upload";

interface StatementProgressProps {
  progress: Sending;
  locale: Locale;
  t: UploadWords;
  onCancel: () => void;
}

/** Two bars, because two things take time: what has left this device, and what the shop has stored. */
export function StatementProgress({ progress, locale, t, onCancel }: Readonly<StatementProgressProps>) {
  const { sentBytes, totalBytes, storedLines, totalLines } = progress;
  const stored = formatCount(storedLines, locale);
  const count = totalLines === null ? stored : `${stored} / ${formatCount(totalLines, locale)}`;
  return (
    <Card className="space-y-4" aria-label={t.sending}>
      <SentBar {...progress} t={t} />
      <Bar
        label={t.read}
        value={storedLines}
        max={totalLines}
        text={[fill(t.readLines, { count }), sentBytes >= totalBytes ? t.waiting : ""]}
      />
      <Button size="sm" onClick={onCancel}>
        {t.cancel}
      </Button>
    </Card>
  );
}
