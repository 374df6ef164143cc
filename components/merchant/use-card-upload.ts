"use client";

import { useEffect, useRef, useState } from "react";

export type CardUploadState =
  | { readonly phase: "idle" }
  | {
      readonly phase: "sending";
      readonly sentBytes: number;
      readonly totalBytes: number;
      readonly seconds: number;
      /** The network is down, and it goes on by itself. */
      readonly isOffline: boolean;
    }
  | { readonly phase: "failed"; readonly code: string };

const SLICE_BYTES = 8 * 1024 * 1024;
const PAUSE_MS_MAX = 15_000;
const TRIES_MAX = 60;
const TUS = { "Tus-Resumable": "1.0.0" };

class Refused extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}
class Offline extends Error {}

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

async function codeOf(reply: Response): Promise<string> {
  const body: { code?: string } = await reply.json().catch(() => ({}));
  return body.code ?? "unexpected";
}

/** Opens an upload at the shop; answers its address. */
async function openUpload(
  draft: { name: string; variantId: string; size: number },
  signal: AbortSignal,
): Promise<string> {
  const reply = await fetch("/api/merchant/uploads", {
    method: "POST",
    signal,
    headers: {
      ...TUS,
      "Upload-Length": `${draft.size}`,
      "Upload-Metadata": `filename ${base64(draft.name)},variant ${base64(draft.variantId)}`,
    },
  });
  if (!reply.ok) throw new Refused(await codeOf(reply));
  return reply.headers.get("Location") ?? "";
}

/** How many bytes the shop has. */
async function askOffset(address: string, signal: AbortSignal): Promise<number> {
  const reply = await fetch(address, { method: "HEAD", signal, headers: TUS }).catch(() => {
    throw new Offline();
  });
  if (reply.status >= 500) throw new Offline();
  if (!reply.ok) throw new Refused("not_found");
  return Number(reply.headers.get("Upload-Offset"));
}

interface Slice {
  readonly address: string;
  readonly offset: number;
  readonly content: Blob;
  readonly signal: AbortSignal;
  readonly onSent: (bytes: number) => void;
}

/** Sends some bytes. XMLHttpRequest, because fetch does not tell how much of a body has left. */
function sendSlice({ address, offset, content, signal, onSent }: Slice): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    signal.addEventListener("abort", abort, { once: true });
    request.upload.onprogress = ({ loaded }) => onSent(Math.min(loaded, content.size));
    request.onerror = () => reject(new Offline());
    request.onabort = () => reject(new Refused("cancelled"));
    request.onloadend = () => signal.removeEventListener("abort", abort);
    request.onload = () => {
      // Where it really is, the next question tells; whatever was not taken is sent again.
      if (request.status === 204 || request.status === 409 || request.status === 422) resolve();
      else
        reject(
          request.status >= 500 ? new Offline() : new Refused(request.status === 401 ? "unauthorized" : "not_found"),
        );
    };
    request.open("PATCH", address);
    request.setRequestHeader("Content-Type", "application/offset+octet-stream");
    request.setRequestHeader("Upload-Offset", `${offset}`);
    request.send(content);
  });
}

const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

interface Course {
  readonly signal: AbortSignal;
  readonly onSent: (bytes: number) => void;
  readonly onOffline: (isOffline: boolean) => void;
}

/** Sends what the shop has not yet, slice by slice; a connection that is cut goes on by itself. */
async function sendRest(address: string, file: Blob, { signal, onSent, onOffline }: Course): Promise<void> {
  let reached = -1;
  let isSent = false;
  for (let tries = 0; tries < TRIES_MAX; ) {
    try {
      const offset = await askOffset(address, signal);
      // What the shop did not take, although it answered, is tried again like what never arrived.
      if (isSent && offset <= reached) throw new Offline();
      if (offset > reached) tries = 0;
      [reached, isSent] = [offset, false];
      onOffline(false);
      onSent(offset);
      if (offset >= file.size) return;
      const content = file.slice(offset, offset + SLICE_BYTES);
      await sendSlice({ address, offset, content, signal, onSent: (bytes) => onSent(offset + bytes) });
      isSent = true;
    } catch (error) {
      if (!(error instanceof Offline) || signal.aborted) throw error;
      isSent = false;
      onOffline(true);
      await pause(Math.min(PAUSE_MS_MAX, 500 * 2 ** tries));
      tries += 1;
    }
  }
  throw new Refused("offline");
}

/** Sends a file of cards so that it can be gone on with, and tells how far it is; ends by handing over its address. */
export function useCardUpload(onDone: (id: string) => void) {
  const [state, setState] = useState<CardUploadState>({ phase: "idle" });
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const run = async (size: number, send: (course: Course) => Promise<string>) => {
    const control = new AbortController();
    stop.current = control;
    const startedAt = performance.now();
    const patch = (change: object) =>
      setState((before) => (before.phase === "sending" ? { ...before, ...change } : before));
    setState({ phase: "sending", sentBytes: 0, totalBytes: size, seconds: 0, isOffline: false });
    try {
      const address = await send({
        signal: control.signal,
        onSent: (sentBytes) => patch({ sentBytes, seconds: (performance.now() - startedAt) / 1000 }),
        onOffline: (isOffline) => patch({ isOffline }),
      });
      onDone(address.split("/").at(-1) ?? "");
    } catch (error) {
      setState({ phase: "failed", code: error instanceof Refused ? error.code : "offline" });
    }
  };

  return {
    state,
    /** A new file. */
    send: (file: Blob, draft: { name: string; variantId: string }) =>
      run(file.size, async (course) => {
        const address = await openUpload({ ...draft, size: file.size }, course.signal);
        await sendRest(address, file, course);
        return address;
      }),
    /** One that the shop has a part of. */
    goOn: (file: Blob, address: string) =>
      run(file.size, async (course) => {
        await sendRest(address, file, course);
        return address;
      }),
    cancel: () => stop.current?.abort(),
  };
}
