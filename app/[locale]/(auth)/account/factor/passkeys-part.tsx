import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { NewPasskey } from "@/components/form/new-passkey";
import { Part } from "@/components/merchant/page-head";
import { siteOf } from "@/lib/features/identity/passkey-ceremony";
import { listPasskeys, type PasskeyView } from "@/lib/features/identity/passkeys";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";
import { addPasskeyAction, askNewPasskeyAction, removePasskeyAction } from "../../actions";

/** The keys of this person's devices, and the way to one more. */
export async function PasskeysPart({ locale, userId }: Readonly<{ locale: Locale; userId: string }>) {
  const deps = getDeps();
  const keys = await listPasskeys(deps, userId);
  const { staff, security } = getMessages(locale);
  const t = security.passkeys;
  return (
    <Part title={t.title} note={t.lead}>
      {keys.length === 0 ? (
        <p className="mb-4 text-sm text-soft">{t.none}</p>
      ) : (
        <ul className="mb-5 divide-y rounded-md border bg-surface">
          {keys.map((key) => (
            <Passkey key={key.id} {...{ passkey: key, locale }} />
          ))}
        </ul>
      )}
      <NewPasskey
        locale={locale}
        host={siteOf(deps.env).host}
        ask={askNewPasskeyAction}
        add={addPasskeyAction}
        nameMax={limits.passkeyNameMax}
        stepUp={`/${locale}/step-up?next=/${locale}/account/factor`}
        errors={staff.errors}
        t={t}
      />
    </Part>
  );
}

function Passkey({ passkey, locale }: Readonly<{ passkey: PasskeyView; locale: Locale }>) {
  const { staff, security } = getMessages(locale);
  const t = security.passkeys;
  const { name, createdAt, lastUsedAt } = passkey;
  const used = lastUsedAt ? fill(t.used, { date: formatStamp(lastUsedAt, locale) }) : t.unused;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3 text-sm">
      <span className="min-w-0">
        <span className="block break-words font-medium">{name}</span>
        <span className="text-faint">
          {fill(t.added, { date: formatStamp(createdAt, locale) })} · {used}
        </span>
      </span>
      <ActionForm action={removePasskeyAction} locale={locale} errors={staff.errors} className="space-y-2">
        <input type="hidden" name="passkeyId" value={passkey.id} />
        <ActionSubmit size="sm" pendingLabel={t.removing} aria-label={`${t.remove} ${name}`}>
          {t.remove}
        </ActionSubmit>
      </ActionForm>
    </li>
  );
}
