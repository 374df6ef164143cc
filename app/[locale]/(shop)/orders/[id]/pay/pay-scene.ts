import type { DeviceKind } from "@/lib/entry/device-kind";
import type { PaymentView } from "@/lib/features/orders/place-command";
import type { OrderView } from "@/lib/features/orders/view";
import type { Locale } from "@/lib/i18n/locale";

/** What the page knows of the payment that it shows. It stays on the server. */
export interface PayScene {
  readonly order: OrderView;
  readonly payment: PaymentView | null;
  /** The kind of the payment's gateway; null when its account is gone. */
  readonly gateway: string | null;
  /** What the shop calls this way to pay. */
  readonly title: string;
  readonly locale: Locale;
  /** For a browser without scripts: the page waits for the gateway, because nothing could be put in later. */
  readonly isPlain: boolean;
  readonly payer: { readonly clientIp: string | undefined; readonly device: DeviceKind };
}
