import type { ComponentProps } from "react";
import { TextField } from "@/components/form/fields";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import { newId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { MakeBatchForm, type MakesBatch } from "./make-batch-form";

interface KeysFormProps extends MakesBatch {
  generate: ComponentProps<typeof MakeBatchForm>["action"];
}

/** Keys that the shop makes up and meters; lands on the page of their batch. */
export function KeysForm({ generate, ...place }: Readonly<KeysFormProps>) {
  const { locale } = place;
  const t = getMessages(locale).quotas.form;
  const most = (max: number) => fill(t.range, { max: formatCount(max, locale) });
  const lead = (
    <>
      {t.lead}{" "}
      <a href="/api/docs#spendQuota" className="underline underline-offset-4">
        {t.docs}
      </a>
    </>
  );
  const figure = { type: "number", inputMode: "numeric", min: 1, required: true } as const;
  return (
    <MakeBatchForm
      {...place}
      action={generate}
      words={t}
      submit={{ label: t.make, pendingLabel: t.making }}
      lead={lead}
    >
      <input type="hidden" name="batchId" value={newId()} />
      <TextField
        {...figure}
        name="count"
        max={limits.quotaKeysPerBatchMax}
        label={t.count}
        hint={most(limits.quotaKeysPerBatchMax)}
      />
      <TextField {...figure} name="uses" max={limits.quotaUsesMax} label={t.uses} hint={most(limits.quotaUsesMax)} />
    </MakeBatchForm>
  );
}
