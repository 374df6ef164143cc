"use client";

import { useState } from "react";
import { sentenceOf } from "@/components/form/action-form";
import { FileDrop } from "@/components/form/file-drop";
import { limits } from "@/lib/kernel/limits";

interface PictureFieldProps {
  /** The drawn ones and the merchant's own, as addresses. */
  pictures: readonly string[];
  chosen: string;
  /** Absent where pictures are only chosen. */
  canUpload: boolean;
  errors: Readonly<Record<string, string>>;
  t: {
    legend: string;
    none: string;
    drop: string;
    sending: string;
    uploaded: string;
    own: string;
  };
}

type Upload = { readonly phase: "idle" | "sending" | "done" } | { readonly phase: "failed"; readonly code: string };

/** One of the pictures there are, or another one that is uploaded at once and chosen. */
export function PictureField({ pictures, chosen, canUpload, errors, t }: Readonly<PictureFieldProps>) {
  const [added, setAdded] = useState<readonly string[]>([]);
  const [upload, setUpload] = useState<Upload>({ phase: "idle" });
  const known = [...new Set([...added, ...(chosen ? [chosen] : []), ...pictures])];
  const send = async (file: File | null) => {
    if (!file || upload.phase === "sending") return;
    if (file.size > limits.pictureBytesMax) return setUpload({ phase: "failed", code: "picture_too_large" });
    setUpload({ phase: "sending" });
    const answer = await post(file);
    if (!answer.ok) return setUpload({ phase: "failed", code: answer.code });
    setAdded((before) => [answer.path, ...before.filter((path) => path !== answer.path)]);
    setUpload({ phase: "done" });
  };
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{t.legend}</legend>
      <div className="flex flex-wrap gap-2">
        {["", ...known].map((path) => (
          <PictureChoice
            // A fresh upload is a fresh radio, and being checked by default it takes the choice over.
            key={`${path}${path !== "" && path === added[0] ? ` ${added.length}` : ""}`}
            path={path}
            isChosen={added.length > 0 ? path === added[0] : path === chosen}
            label={path === "" ? t.none : nameOf(path, t.own)}
          />
        ))}
      </div>
      {canUpload ? (
        <div className="mt-2 max-w-md nojs:hidden">
          <FileDrop
            label={t.drop}
            accept="image/jpeg,image/png,image/webp"
            disabled={upload.phase === "sending"}
            onFile={send}
            className="min-h-16 p-3!"
          >
            {upload.phase === "sending" ? t.sending : t.drop}
          </FileDrop>
          <p role="status" className="mt-1 text-sm text-soft">
            {upload.phase === "done" ? t.uploaded : null}
          </p>
          {upload.phase === "failed" ? (
            <p role="alert" className="mt-1 text-sm text-cinnabar">
              {sentenceOf(errors, upload.code)}
            </p>
          ) : null}
        </div>
      ) : null}
    </fieldset>
  );
}

type Answer = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly code: string };

async function post(file: File): Promise<Answer> {
  try {
    const reply = await fetch("/api/merchant/pictures", {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream" },
      body: file,
    });
    return (await reply.json()) as Answer;
  } catch {
    return { ok: false, code: "picture_interrupted" };
  }
}

function PictureChoice({ path, isChosen, label }: Readonly<{ path: string; isChosen: boolean; label: string }>) {
  return (
    <label className="block rounded-md border-2 border-transparent p-0.5 has-checked:border-ink has-focus-visible:outline-2 has-focus-visible:outline-cinnabar">
      <input type="radio" name="picture" value={path} defaultChecked={isChosen} className="sr-only" />
      {path ? (
        <img
          src={path.replace(/^(\/api\/media\/[0-9a-f]{32})\.webp$/, "$1-480.webp")}
          alt={label}
          width={64}
          height={64}
          loading="lazy"
          className="size-16 rounded-sm border bg-sunken object-cover"
        />
      ) : (
        <span className="grid size-16 place-items-center rounded-sm border text-center text-xs text-faint">
          {label}
        </span>
      )}
    </label>
  );
}

/** "starriver" of "/pictures/starriver.svg": what a screen reader says of the choice; an upload is told by its first letters. */
function nameOf(path: string, own: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.(svg|webp)$/, "");
  return path.startsWith("/api/media/") ? own.replace("{name}", name.slice(0, 6)) : name.replaceAll("-", " ");
}
