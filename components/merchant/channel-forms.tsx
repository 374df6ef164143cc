import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { Card } from "@/components/ui/card";
import type { ChannelView } from "@/lib/features/stock-alerts/channel";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { Part } from "./page-head";
import { wordOf } from "./state-badges";

type FormAction = ComponentProps<typeof ActionForm>["action"];

interface ChannelFormsProps {
  locale: Locale;
  channel: ChannelView;
  save: FormAction;
  test: FormAction;
}

/** How a merchant is told of stock: by mail, and by a bot of their own. */
export function ChannelForms({ locale, channel, save, test }: Readonly<ChannelFormsProps>) {
  const { life, staff } = getMessages(locale);
  const t = life.channel;
  const errors = { ...staff.errors, ...life.errors };
  return (
    <Part title={t.title} note={t.lead}>
      <Card className="max-w-2xl space-y-5">
        <ActionForm action={save} locale={locale} errors={errors} saved={life.stock.saved} className="space-y-3">
          <label className="flex min-h-11 items-center gap-2 text-sm">
            <input type="checkbox" name="isMail" defaultChecked={channel.isMail} className="size-4" />
            {t.mail}
          </label>
          <h3 className="text-sm font-semibold">{t.bot}</h3>
          <p className="text-sm text-soft">{t.botLead}</p>
          <TextField
            name="telegramToken"
            type="password"
            label={t.token}
            note={channel.hasBot ? t.tokenKept : undefined}
            autoComplete="off"
            spellCheck={false}
          />
          <TextField
            name="telegramChat"
            label={t.chat}
            hint={t.chatHint}
            defaultValue={channel.chat}
            autoComplete="off"
            spellCheck={false}
          />
          {channel.hasBot ? (
            <label className="flex min-h-11 items-center gap-2 text-sm">
              <input type="checkbox" name="isTelegramOff" className="size-4" />
              {t.off}
            </label>
          ) : null}
          <ActionSubmit variant="ink" pendingLabel={life.stock.saving}>
            {life.stock.save}
          </ActionSubmit>
        </ActionForm>
        {channel.hasBot ? (
          <div className="space-y-2 border-t pt-4 text-sm">
            <LastMessage channel={channel} locale={locale} />
            <ActionForm action={test} locale={locale} errors={errors} saved={t.tested} className="space-y-3">
              <ActionSubmit size="sm" variant="outline" pendingLabel={t.testing}>
                {t.test}
              </ActionSubmit>
            </ActionForm>
          </div>
        ) : null}
      </Card>
    </Part>
  );
}

function LastMessage({ channel: { lastMessage }, locale }: Readonly<{ channel: ChannelView; locale: Locale }>) {
  const t = getMessages(locale).life.channel;
  if (!lastMessage) return null;
  const status = wordOf(t.statuses, lastMessage.status);
  return (
    <p className="text-soft">
      {fill(t.last, { status, at: formatStamp(lastMessage.at, locale) })}
      {lastMessage.error ? (
        <span className="block break-words text-cinnabar">{fill(t.because, { reason: lastMessage.error })}</span>
      ) : null}
    </p>
  );
}
