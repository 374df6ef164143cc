"use client";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { fill, formatBytes } from "@/lib/i18n/format";
import { Bar, formatSeconds, type UploadWords } from "./upload-progress";
import type { CardUploadState } from "./use-card-upload";

interface SendingBarProps {
  state: Extract<CardUploadState, { phase: "sending" }>;
  /** Said while the network is down. */
  offline: string;
  t: UploadWords;
  onCancel: () => void;
}

/** What has left this device, how fast, and how long it will take. */
export function SendingBar({ state, offline, t, onCancel }: Readonly<SendingBarProps>) {
  const { sentBytes, totalBytes, seconds, isOffline } = state;
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
          isOffline ? "" : fill(t.rate, { rate: formatBytes(rate) }),
          left === null || isOffline ? "" : fill(t.timeLeft, { time: formatSeconds(left) }),
        ]}
      />
      {isOffline ? (
        <p role="status" className="text-sm text-cinnabar">
          {offline}
        </p>
      ) : null}
      <Button size="sm" onClick={onCancel}>
        {t.cancel}
      </Button>
    </Card>
  );
}
