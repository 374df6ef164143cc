import { Suspense } from "react";
import type { PaymentView } from "@/lib/features/orders/place-command";
import { wayToPay } from "@/lib/features/payments/way-to-pay";
import { openPayment } from "@/lib/flows/open-payment";
import { getMessages } from "@/lib/i18n";
import { fill } from "@/lib/i18n/format";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import type { PayScene } from "./pay-scene";
import { WayFailed } from "./way-failed";
import { WayView } from "./way-view";

/** How to pay; a gateway that must be asked for it is asked now, and the rest of the page does not wait for it. */
export function PayWay({ scene }: Readonly<{ scene: PayScene }>) {
  const { payment, isPlain } = scene;
  if (!payment) return <WayFailed scene={scene} code="no_way" />;
  if (payment.kind !== "on_request") {
    return (
      <>
        <Refresh />
        <ShownWay scene={scene} payment={payment} />
      </>
    );
  }
  if (isPlain) {
    return (
      <>
        <Refresh />
        <OpenedWay scene={scene} payment={payment} />
      </>
    );
  }
  return (
    <Suspense fallback={<Opening scene={scene} payment={payment} />}>
      <OpenedWay scene={scene} payment={payment} />
    </Suspense>
  );
}

interface WayProps {
  scene: PayScene;
  payment: PaymentView;
}

/** Without scripts the page looks for itself how the order stands. */
function Refresh() {
  return (
    <noscript>
      <meta httpEquiv="refresh" content="15" />
    </noscript>
  );
}

function ShownWay({ scene, payment }: Readonly<WayProps>) {
  const way = wayToPay(payment, scene.gateway);
  if (payment.closesAt && payment.closesAt <= scene.order.serverNow) return <WayFailed scene={scene} code="closed" />;
  if (way.kind === "unsupported" || way.kind === "on_request") return <WayFailed scene={scene} code="unsupported" />;
  return <WayView way={way} scene={scene} payment={payment} />;
}

async function OpenedWay({ scene, payment }: Readonly<WayProps>) {
  const command = { orderId: scene.order.id, attemptId: payment.id, ...scene.payer };
  const opened = await openPayment(getDeps(), command);
  if (opened.ok) return <ShownWay scene={scene} payment={opened.value} />;
  // Paid, cancelled or lapsed a moment ago: the watch on this page leaves for the order.
  if (opened.error === "not_found" || opened.error === "not_payable")
    return <p className="text-sm text-soft">{getMessages(scene.locale).shop.pay.over}</p>;
  return <WayFailed scene={scene} code={opened.error} />;
}

/** While the gateway is being asked. A browser without scripts is sent to the page that waits for the answer. */
function Opening({ scene: { order, locale, title }, payment }: Readonly<WayProps>) {
  const t = getMessages(locale).shop.pay.opening;
  const plain = `/${locale}/orders/${toPublicId("order", order.id)}/pay?via=${encodeURIComponent(payment.accountId)}&plain=1`;
  return (
    <div className="space-y-2 py-6" role="status">
      <noscript>
        <meta httpEquiv="refresh" content={`0;url=${plain}`} />
        <a href={plain} className="underline underline-offset-4">
          {t.plain}
        </a>
      </noscript>
      <p className="font-medium">
        <span
          aria-hidden="true"
          className="mr-2 mb-px inline-block size-2 rounded-full bg-seal motion-safe:animate-breathe"
        />
        {fill(t.asking, { way: title })}
      </p>
      <p className="text-sm text-faint">{t.slow}</p>
    </div>
  );
}
