"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { sentenceOf } from "@/components/form/action-form";
import { FileDrop } from "@/components/form/file-drop";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { fill } from "@/lib/i18n/format";
import { SendingBar } from "./sending-bar";
import type { UploadWords } from "./sent-bar";
import { useCardUpload } from "./use-card-upload";

interface GoOnFormProps {
  name: string;
  size: number;
  address: string;
  page: string;
  t: Readonly<Record<"file" | "wrongFile" | "send" | "offline", string>>;
  bars: UploadWords;
  errors: Readonly<Record<string, string>>;
}

/** Takes the same file again and sends what is missing of it. */
export function GoOnForm({ name, size, address, page, t, bars, errors }: Readonly<GoOnFormProps>) {
  const router = useRouter();
  const [file, setFile] = useState<File | null>(null);
  const upload = useCardUpload(() => {
    router.replace(page);
    router.refresh();
  });
  const isSame = file === null || (file.name === name && file.size === size);
  const isBusy = upload.state.phase === "sending";
  return (
    <div className="space-y-4">
      {upload.state.phase === "failed" && upload.state.code !== "cancelled" ? (
        <Notice tone="seal" role="alert">
          {sentenceOf(errors, upload.state.code)}
        </Notice>
      ) : null}
      {isSame ? null : (
        <Notice tone="seal" role="alert">
          {t.wrongFile}
        </Notice>
      )}
      <FileDrop label={fill(t.file, { name })} accept="" disabled={isBusy} onFile={setFile} className="min-h-28">
        {file?.name ?? fill(t.file, { name })}
      </FileDrop>
      {upload.state.phase === "sending" ? (
        <SendingBar state={upload.state} offline={t.offline} t={bars} onCancel={upload.cancel} />
      ) : (
        <Button variant="seal" disabled={!file || !isSame} onClick={() => file && upload.goOn(file, address)}>
          {t.send}
        </Button>
      )}
    </div>
  );
}
