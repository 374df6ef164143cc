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

/** A refusal: its code, and what else the answer says of it. */
export interface Refusal {
  readonly code: string;
  readonly reason?: string;
  readonly line?: number;
  readonly file?: string | null;
}

type UploadState<Report> =
  | { readonly phase: "idle" }
  | Sending
  | { readonly phase: "done"; readonly report: Report }
  | ({ readonly phase: "failed" } & Refusal);

type Query = Readonly<Record<string, string>>;

interface Upload {
  readonly content: Blob;
  /** What is sent along with the content. */
  readonly query: Query;
  /** What is asked in order to hear how far the shop is. */
  readonly progress: Query;
  /** A packed file has lines that this device cannot count. */
  readonly isPacked?: boolean;
}

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
export function useUpload<Report>(address: string) {
  const [state, setState] = useState<UploadState<Report>>({ phase: "idle" });
  const running = useRef<{ request: XMLHttpRequest; stop: AbortController } | null>(null);
  useEffect(() => () => abandon(running.current), []);

  const patch = (change: Partial<Sending>) =>
    setState((before) => (before.phase === "sending" ? { ...before, ...change } : before));
  const finish = (next: UploadState<Report>) => {
    running.current?.stop.abort();
    running.current = null;
    setState(next);
  };

  const send = ({ content, query, progress, isPacked = false }: Upload) => {
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
    request.open("POST", `${address}?${new URLSearchParams(query)}`);
    request.setRequestHeader("Content-Type", "text/plain; charset=utf-8");
    request.send(content);
    if (!isPacked) {
      countLines(content, stop.signal).then(
        (totalLines) => patch({ totalLines }),
        () => {},
      );
    }
    const asked = `${address}?${new URLSearchParams(progress)}`;
    void pollStored({ asked, signal: stop.signal, onLines: (storedLines) => patch({ storedLines }) });
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

function readAnswer<Report>(request: XMLHttpRequest): UploadState<Report> {
  try {
    const body = JSON.parse(request.responseText) as ({ ok: true } & Report) | ({ ok: false } & Refusal);
    return body.ok ? { phase: "done", report: body } : { ...body, phase: "failed" };
  } catch {
    return { phase: "failed", code: request.status === 413 ? "file_too_large" : "unexpected" };
  }
}

interface Poll {
  readonly asked: string;
  readonly signal: AbortSignal;
  readonly onLines: (lines: number) => void;
}

/** Asks once a second what the shop's own counters say, until the upload has ended; a lost answer is only a late figure. */
async function pollStored({ asked, signal, onLines }: Poll): Promise<void> {
  while (!signal.aborted) {
    await new Promise((wake) => setTimeout(wake, POLL_MS));
    try {
      const reply = await fetch(asked, { signal });
      const { lines } = (await reply.json()) as { lines?: number };
      if (lines) onLines(lines);
    } catch {
      // The next second asks again.
    }
  }
}
