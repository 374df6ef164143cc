"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Card } from "@/components/ui/card";
import type { UploadProgress } from "@/lib/features/imports/queries";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { Bar, formatSeconds } from "./sent-bar";

type Words = Readonly<
  Record<"bar" | "lines" | "linesOnly" | "rate" | "left" | "waiting" | "accepted" | "duplicate" | "rejected", string>
>;

interface ImportProgressProps {
  locale: Locale;
  address: string;
  expected: number | null;
  first: UploadProgress | null;
  t: Words;
}

const POLL_MS = 1_000;

/** Asks once a second what the shop's own counters say; when the import has ended the page shows what became of it. */
export function ImportProgress({ locale, address, expected, first, t }: Readonly<ImportProgressProps>) {
  const router = useRouter();
  const [progress, setProgress] = useState(first);
  useEffect(() => {
    const control = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const reply = await fetch(address, { signal: control.signal, cache: "no-store" }).catch(() => null);
      const now: UploadProgress | null = reply?.ok ? await reply.json().catch(() => null) : null;
      if (control.signal.aborted) return;
      if (now) setProgress(now);
      if (now && now.state !== "importing") router.refresh();
      else timer = setTimeout(ask, POLL_MS);
    };
    timer = setTimeout(ask, POLL_MS);
    return () => {
      control.abort();
      clearTimeout(timer);
    };
  }, [address, router]);
  const { lines = 0, accepted = 0, duplicate = 0, rejected = 0, seconds = 0 } = progress ?? {};
  const count = (n: number) => formatCount(n, locale);
  const rate = seconds > 1 ? lines / seconds : 0;
  const left = expected !== null && rate > 0 && expected > lines ? (expected - lines) / rate : null;
  return (
    <Card className="space-y-4" aria-label={t.bar}>
      <Bar
        label={t.bar}
        value={lines}
        max={expected}
        text={[
          expected === null
            ? fill(t.linesOnly, { lines: count(lines) })
            : fill(t.lines, { lines: count(lines), expected: count(Math.max(expected, lines)) }),
          rate > 0 ? fill(t.rate, { rate: count(Math.round(rate)) }) : t.waiting,
          left === null ? "" : fill(t.left, { time: formatSeconds(left) }),
        ]}
      />
      <dl className="grid grid-cols-3 gap-4 text-sm">
        {(
          [
            [t.accepted, accepted],
            [t.duplicate, duplicate],
            [t.rejected, rejected],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt className="text-faint">{name}</dt>
            <dd className="figures text-lg font-semibold">{count(value)}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
