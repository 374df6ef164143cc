"use client";

import { useRef, useState } from "react";
import type { Mapping } from "@/lib/features/statements/schema";
import { limits } from "@/lib/kernel/limits";

/** A row as it would be kept. */
export interface PreviewRow {
  readonly line: number;
  readonly kind: string;
  readonly occurredAt: number;
  readonly amountMinor: string;
  readonly currency: string;
  readonly outTradeNo: string | null;
  readonly gatewayTradeNo: string;
}

/** What the shop says of a file before anything of it is kept. */
export interface PreviewAnswer {
  readonly format: string | null;
  readonly encoding: string;
  readonly rows: readonly PreviewRow[];
  readonly rejects: readonly { readonly line: number; readonly reason: string; readonly content: string }[];
  readonly refused: { readonly reason: string; readonly line: number } | null;
  readonly suggested: { readonly mapping: Mapping; readonly columns: readonly string[] } | null;
}

export type PreviewState =
  | { readonly phase: "none" }
  | { readonly phase: "looking" }
  | { readonly phase: "seen"; readonly answer: PreviewAnswer }
  | { readonly phase: "failed"; readonly code: string; readonly reason?: string; readonly line?: number };

/** An archive is only readable whole; of everything else the beginning tells enough. */
export async function isArchive(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return head[0] === 0x50 && head[1] === 0x4b;
}

/** Whether the lines of a file are hidden in it. */
export async function isPacked(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return (head[0] === 0x1f && head[1] === 0x8b) || (await isArchive(file));
}

/** Asks the shop what a file looks like; only the newest question counts. */
export function useStatementPreview() {
  const [state, setState] = useState<PreviewState>({ phase: "none" });
  const asked = useRef(0);

  const look = async (file: File, account: string, mapping: Mapping | null) => {
    const turn = ++asked.current;
    const show = (next: PreviewState) => {
      if (turn === asked.current) setState(next);
    };
    show({ phase: "looking" });
    try {
      const body = (await isArchive(file)) ? file : file.slice(0, limits.statementPreviewBytes);
      const query = new URLSearchParams({ account, ...(mapping ? { mapping: JSON.stringify(mapping) } : {}) });
      const reply = await fetch(`/api/admin/statements/preview?${query}`, {
        method: "POST",
        headers: { "Content-Type": "application/octet-stream" },
        body,
      });
      const read = (await reply.json()) as ({ ok: true } & PreviewAnswer) | { ok: false; code: string };
      show(read.ok ? { phase: "seen", answer: read } : { ...read, phase: "failed" });
    } catch {
      show({ phase: "failed", code: "offline" });
    }
  };
  const forget = () => {
    asked.current += 1;
    setState({ phase: "none" });
  };
  return { state, look, forget };
}
