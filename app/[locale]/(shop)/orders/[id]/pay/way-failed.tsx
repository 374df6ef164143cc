import { SubmitButton } from "@/components/form/submit-button";
import { buttonClass } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import { toPublicId } from "@/lib/kernel/id";
import { renewPaymentAction } from "./actions";
import type { PayScene } from "./pay-scene";

type Failure =
  | "gateway_silent"
  | "gateway_refused"
  | "gateway_unavailable"
  | "rate_limited"
  | "unsupported"
  | "closed"
  | "no_way";

interface WayFailedProps {
  scene: PayScene;
  code: Failure;
}

const MAY_HELP_AGAIN: ReadonlySet<Failure> = new Set(["gateway_silent", "rate_limited"]);
const MAY_HELP_ANEW: ReadonlySet<Failure> = new Set(["gateway_refused", "closed"]);

/** Why there is no way to pay here: what happened, that no money moved, and what to do. It works without scripts. */
export function WayFailed({ scene: { order, payment, title, locale, isPlain }, code }: Readonly<WayFailedProps>) {
  const t = getMessages(locale).shop.pay;
  const said = t.failed[code];
  const id = toPublicId("order", order.id);
  const again = `/${locale}/orders/${id}/pay?via=${encodeURIComponent(payment?.accountId ?? "")}${isPlain ? "&plain=1" : ""}`;
  return (
    <div className="space-y-4 text-left">
      <Notice tone="seal" role="alert" title={fill(said.title, { way: title })}>
        {said.text}
      </Notice>
      {MAY_HELP_AGAIN.has(code) ? (
        <a href={again} className={`${buttonClass({ variant: "seal", size: "lg" })} w-full`}>
          {t.retry}
        </a>
      ) : null}
      {MAY_HELP_ANEW.has(code) && payment ? (
        <form action={renewPaymentAction}>
          <input type="hidden" name="orderId" value={id} />
          <input type="hidden" name="locale" value={locale} />
          <input type="hidden" name="payment" value={toPublicId("attempt", payment.id)} />
          <SubmitButton variant="seal" size="lg" className="w-full" pendingLabel={t.checking}>
            {t.renew}
          </SubmitButton>
        </form>
      ) : null}
    </div>
  );
}
