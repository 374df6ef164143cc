"use client";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { SentBar, type UploadWords } from "./sent-bar";
import type { CardUploadState } from "./use-card-upload";

interface SendingBarProps {
  state: Extract<CardUploadState, { phase: "sending" }>;
  /** Said while the network is down. */
  offline: string;
  t: UploadWords;
  onCancel: () => void;
}

/** A file of cards on its way. */
export function SendingBar({ state, offline, t, onCancel }: Readonly<SendingBarProps>) {
  return (
    <Card className="space-y-4" aria-label={t.sending}>
      <SentBar {...state} t={t} />
      {state.isOffline ? (
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
