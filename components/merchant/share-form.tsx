import type { ComponentProps } from "react";
import { AreaField, TextField } from "@/components/form/fields";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import { limits } from "@/lib/kernel/limits";
import { MakeBatchForm, type MakesBatch } from "./make-batch-form";

interface ShareFormProps extends MakesBatch {
  share: ComponentProps<typeof MakeBatchForm>["action"];
}

/** One text that many buyers are given; lands on the page of its batch. */
export function ShareForm({ share, ...place }: Readonly<ShareFormProps>) {
  const { locale } = place;
  const t = getMessages(locale).kinds.shared;
  return (
    <MakeBatchForm {...place} action={share} words={t} submit={{ label: t.add, pendingLabel: t.adding }} lead={t.lead}>
      <AreaField name="secret" label={t.secret} rows={3} required autoComplete="off" spellCheck={false} />
      <TextField
        name="uses"
        type="number"
        inputMode="numeric"
        min={1}
        max={limits.sharedUsesMax}
        label={t.uses}
        hint={fill(t.usesHint, { max: formatCount(limits.sharedUsesMax, locale) })}
        required
      />
    </MakeBatchForm>
  );
}
