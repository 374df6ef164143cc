import { createPrivateKey, createSign, type KeyObject, randomUUID } from "node:crypto";
import { crc32 } from "node:zlib";
import { isThisMachine, Notices, type SentNotice } from "./notices";
import { newPaypalId } from "./paypal-desk";

export interface PaypalEventsOptions {
  readonly webhookId: string;
  /** PEM. */
  readonly signingKey: string;
  readonly notifyUrl?: string;
  readonly speed?: number;
  readonly mayCallAnyHost?: boolean;
  readonly now: () => number;
  readonly origin: () => string;
}

/** Twenty-five tries in three days; how they are spread is nowhere written. */
const PAUSES = [60, 300, 900, 1_800, ...Array.from({ length: 20 }, () => 10_800)];

/** The one webhook of the application: events, signed over their checksum, repeated until a 2xx. */
export class PaypalEvents {
  readonly notices: Notices;
  notifyUrl: string;
  /** The certificate's name; it changes when PayPal changes its certificate. */
  certificateName = `CERT-360caa42-fca2a594-${newPaypalId().toLowerCase()}`;
  readonly #options: PaypalEventsOptions;
  readonly #key: KeyObject;

  constructor(options: PaypalEventsOptions) {
    this.#options = options;
    this.#key = createPrivateKey(options.signingKey);
    this.notifyUrl = options.notifyUrl ?? "";
    this.notices = new Notices({
      pauses: PAUSES,
      speed: options.speed ?? 1,
      isTaken: (status) => status >= 200 && status < 300,
      mayCall: (url) => options.mayCallAnyHost === true || isThisMachine(url),
    });
  }

  get certificatePath(): string {
    return `/v1/notifications/certs/${this.certificateName}`;
  }

  async tell(type: string, resource: object): Promise<SentNotice | null> {
    if (this.notifyUrl === "") return null;
    const at = new Date(this.#options.now()).toISOString();
    const body = JSON.stringify({
      id: `WH-${newPaypalId()}`,
      event_version: "1.0",
      create_time: at,
      resource_type: type.split(".")[1]?.toLowerCase(),
      event_type: type,
      summary: "测试 summary",
      resource,
      links: [],
    });
    return this.notices.send({ url: this.notifyUrl, write: () => ({ headers: this.#headers(body), body }) });
  }

  #headers(body: string): Record<string, string> {
    const [id, time] = [randomUUID(), `${new Date(this.#options.now()).toISOString().slice(0, 19)}Z`];
    const text = `${id}|${time}|${this.#options.webhookId}|${crc32(body)}`;
    return {
      "content-type": "application/json",
      "paypal-auth-algo": "SHA256withRSA",
      "paypal-auth-version": "v2",
      "paypal-cert-url": `${this.#options.origin()}${this.certificatePath}`,
      "paypal-transmission-id": id,
      "paypal-transmission-sig": createSign("RSA-SHA256").update(text).sign(this.#key, "base64"),
      "paypal-transmission-time": time,
    };
  }
}
