import type { getMessages } from "@/lib/i18n";
import { fill, formatBytes } from "@/lib/i18n/format";

export type UploadWords = ReturnType<typeof getMessages>["merchant"]["upload"];

/** "2:05" */
export const formatSeconds = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

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
        className="bar h-2 w-full"
        {...(max === null ? {} : { value: Math.min(value, max), max: Math.max(1, max) })}
      />
    </div>
  );
}

interface SentBarProps {
  sentBytes: number;
  totalBytes: number;
  seconds: number;
  /** Nothing moves: how fast, and how long, would not be true. */
  isOffline?: boolean;
  t: UploadWords;
}

/** What has left this device, how fast, and how long it will take. */
export function SentBar({ sentBytes, totalBytes, seconds, isOffline = false, t }: Readonly<SentBarProps>) {
  const rate = seconds > 0 ? sentBytes / seconds : 0;
  const left = rate > 0 && sentBytes < totalBytes ? (totalBytes - sentBytes) / rate : null;
  return (
    <Bar
      label={t.sent}
      value={sentBytes}
      max={totalBytes}
      text={[
        fill(t.sentOf, { sent: formatBytes(sentBytes), total: formatBytes(totalBytes) }),
        isOffline ? "" : fill(t.rate, { rate: formatBytes(rate) }),
        left === null || isOffline ? "" : fill(t.timeLeft, { time: formatSeconds(left) }),
      ]}
    />
  );
}
