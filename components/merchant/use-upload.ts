"use client";

import { useEffect, useRef, useState } from "react";

export interface Sending {
  readonly phase: "sending";
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly storedLines: number;
  /** Null until the device has counted them; the shop cannot know before the end. */
  readonly totalLines: number | null;
  readonly seconds: number;
}

interface Report {
  readonly batch: string;
  readonly lines: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
}

type UploadState =
  | { readonly phase: "idle" }
  | Sending
  | { readonly phase: "done"; readonly report: Report }
  | { readonly phase: "failed"; readonly code: string };

interface Upload {
  readonly content: Blob;
  readonly variantId: string;
  readonly note: string;
  readonly after: string;
}

const ADDRESS = "/api/merchant/batches";
const POLL_MS = 1_000;

/** Lines as the shop will count them: the breaks, and what stands behind the last one. */
async function countLines(content: Blob, signal: AbortSignal): Promise<number> {
  const reader = content.stream().getReader();
  let count = 0;
  let last = 10;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || signal.aborted) break;
    for (const byte of value) if (byte === 10) count += 1;
    last = value.at(-1) ?? last;
  }
  return last === 10 ? count : count + 1;
}

/** An upload with progress. XMLHttpRequest, because fetch does not tell how much of a body has left. */
export function useUpload() {
  const [state, setState] = useState<UploadState>({ phase: "idle" });
  const running = useRef<{ request: XMLHttpRequest; stop: AbortController } | null>(null);
  useEffect(() => () => abandon(running.current), []);

  const patch = (change: Partial<Sending>) =>
    setState((before) => (before.phase === "sending" ? { ...before, ...change } : before));
  const finish = (next: UploadState) => {
    running.current?.stop.abort();
    running.current = null;
    setState(next);
  };

  const send = ({ content, variantId, note, after }: Upload) => {
    const request = new XMLHttpRequest();
    const stop = new AbortController();
    const startedAt = performance.now();
    running.current = { request, stop };
    setState({
      phase: "sending",
      sentBytes: 0,
      totalBytes: content.size,
      storedLines: 0,
      totalLines: null,
      seconds: 0,
    });
    request.upload.onprogress = ({ loaded }) =>
      patch({ sentBytes: Math.min(loaded, content.size), seconds: (performance.now() - startedAt) / 1000 });
    request.onload = () => finish(readAnswer(request));
    request.onerror = () => finish({ phase: "failed", code: "offline" });
    request.onabort = () => finish({ phase: "failed", code: "cancelled" });
    request.open("POST", `${ADDRESS}?${new URLSearchParams({ variant: variantId, note })}`);
    request.setRequestHeader("Content-Type", "text/plain; charset=utf-8");
    request.send(content);
    countLines(content, stop.signal).then(
      (totalLines) => patch({ totalLines }),
      () => {},
    );
    void pollStored({ variantId, after, signal: stop.signal, onLines: (storedLines) => patch({ storedLines }) });
  };

  return {
    state,
    send,
    cancel: () => running.current?.request.abort(),
    reset: () => setState({ phase: "idle" }),
  };
}

function abandon(running: { request: XMLHttpRequest; stop: AbortController } | null) {
  if (!running) return;
  running.request.onabort = null;
  running.stop.abort();
  running.request.abort();
}

function readAnswer(request: XMLHttpRequest): UploadState {
  try {
    const body = JSON.parse(request.responseText) as ({ ok: true } & Report) | { ok: false; code: string };
    return body.ok ? { phase: "done", report: body } : { phase: "failed", code: body.code };
  } catch {
    return { phase: "failed", code: request.status === 413 ? "file_too_large" : "unexpected" };
  }
}

interface Poll {
  readonly variantId: string;
  readonly after: string;
  readonly signal: AbortSignal;
  readonly onLines: (lines: number) => void;
}

/** Asks once a second what the batch's own counters say, until the upload has ended; a lost answer is only a late figure. */
async function pollStored({ variantId, after, signal, onLines }: Poll): Promise<void> {
  while (!signal.aborted) {
    await new Promise((wake) => setTimeout(wake, POLL_MS));
    try {
      const reply = await fetch(`${ADDRESS}?${new URLSearchParams({ variant: variantId, after })}`, { signal });
      const { lines } = (await reply.json()) as { lines?: number };
      if (lines) onLines(lines);
    } catch {
      // The next second asks again.
    }
  }
}
