import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { OneTimeCodes } from "@/components/form/one-time-codes";
import { QrCode } from "@/components/shop/qr-code";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { totpUri } from "@/lib/features/identity/totp";
import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import type { Secret } from "@/lib/kernel/secret";
import { finishEnrolmentAction, startEnrolmentAction } from "../../actions";

interface FactorSetupProps {
  locale: Locale;
  secret: Secret;
  email: string;
  /** The merchant's name, or null for an admin. */
  shop: string | null;
}

/** The QR code, the key for those who cannot scan it, and the proof that an authenticator has it. */
export function FactorSetup({ locale, secret, email, shop }: Readonly<FactorSetupProps>) {
  const { staff, security, shop: shopWords } = getMessages(locale);
  const t = security.setup;
  const brand = shopWords.common.brand;
  const uri = totpUri(secret, { issuer: shop ? `${brand} ${shop}` : brand, label: email });
  const text = secret.reveal();
  return (
    <div className="grid gap-6 md:grid-cols-[minmax(0,16rem)_minmax(0,1fr)]">
      <div className="space-y-3">
        <QrCode text={uri.reveal()} title={t.qr} />
        <p className="text-sm text-faint">{t.secretTitle}</p>
        <code className="secret-text block select-all break-all text-sm">{text.match(/.{1,4}/g)?.join(" ")}</code>
        <CopyButton text={text} label={t.copy} copiedLabel={t.copied} failedLabel={t.copyFailed} />
      </div>
      <Card className="self-start">
        <OneTimeCodes
          action={finishEnrolmentAction}
          locale={locale}
          errors={staff.errors}
          t={security.codes}
          words={{ code: t.code, hint: "", submit: t.confirm, submitting: t.confirming }}
        />
        <ActionForm action={startEnrolmentAction} locale={locale} errors={staff.errors} className="mt-4">
          <ActionSubmit variant="quiet" size="sm" pendingLabel={security.account.starting}>
            {t.again}
          </ActionSubmit>
        </ActionForm>
      </Card>
    </div>
  );
}
