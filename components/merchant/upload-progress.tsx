"use client";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { getMessages } from "@/lib/i18n";
import { fill, formatBytes, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import type { Sending } from "./use-upload";

export type UploadWords = ReturnType<typeof getMessages>["merchant"]["upload"];

/** "2:05" */
export const formatSeconds = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

interface UploadProgressProps {
  progress: Sending;
  locale: Locale;
  t: UploadWords;
  onCancel: () => void;
}

/** Two bars, because two things take time: what has left this device, and what the shop has stored. */
export function UploadProgress({ progress, locale, t, onCancel }: Readonly<UploadProgressProps>) {
  const { sentBytes, totalBytes, storedLines, totalLines, seconds } = progress;
  const rate = seconds > 0 ? sentBytes / seconds : 0;
  const left = rate > 0 && sentBytes < totalBytes ? (totalBytes - sentBytes) / rate : null;
  return (
    <Card className="space-y-4" aria-label={t.sending}>
      <Bar
        label={t.sent}
        value={sentBytes}
        max={totalBytes}
        text={[
          fill(t.sentOf, { sent: formatBytes(sentBytes), total: formatBytes(totalBytes) }),
          fill(t.rate, { rate: formatBytes(rate) }),
          left === null ? "" : fill(t.timeLeft, { time: formatSeconds(left) }),
        ]}
      />
      <Bar
        label={t.read}
        value={storedLines}
        max={totalLines}
        text={[
          totalLines === null
            ? fill(t.readLines, { count: formatCount(storedLines, locale) })
            : fill(t.readLines, { count: `${formatCount(storedLines, locale)} / ${formatCount(totalLines, locale)}` }),
          sentBytes >= totalBytes ? t.waiting : "",
        ]}
      />
      <Button size="sm" onClick={onCancel}>
        {t.cancel}
      </Button>
    </Card>
  );
}

interface BarProps {
  label: string;
  value: number;
  /** Null while nobody knows: the bar then claims nothing. */
  max: number | null;
  text: readonly string[];
}

/** One bar with its figures. */
export function Bar({ label, value, max, text }: Readonly<BarProps>) {
  return (
    <div>
      <div className="mb-1 flex flex-wrap justify-between gap-x-4 text-sm">
        <span className="font-medium">{label}</span>
        <span className="figures text-faint">{text.filter(Boolean).join(" · ")}</span>
      </div>
      <progress
        aria-label={label}
        className="h-2 w-full accent-ink"
        {...(max === null ? {} : { value: Math.min(value, max), max: Math.max(1, max) })}
      />
    </div>
  );
}
