import { createHmac } from "node:crypto";
import { isThisMachine, Notices, type SentNotice } from "./notices";
import { idOf } from "./stripe-desk";

export const API_VERSION = "2026-10-28.endive";

/** Five minutes, half an hour, two hours, five, ten, and each twelve: about three days in all. */
const PAUSES = [300, 1_800, 7_200, 18_000, 36_000, 43_200, 43_200, 43_200];

export interface EventsOptions {
  readonly isLive: boolean;
  readonly webhookSecrets: readonly string[];
  readonly notifyUrl?: string;
  readonly speed?: number;
  readonly mayCallAnyHost?: boolean;
  /** Unix seconds. */
  readonly seconds: () => number;
}

/** The one webhook endpoint of the account: events, signed with every secret, repeated until a 2xx. */
export class StripeEvents {
  readonly notices: Notices;
  notifyUrl: string;
  readonly #options: EventsOptions;

  constructor(options: EventsOptions) {
    this.#options = options;
    this.notifyUrl = options.notifyUrl ?? "";
    this.notices = new Notices({
      pauses: PAUSES,
      speed: options.speed ?? 1,
      isTaken: (status) => status >= 200 && status < 300,
      mayCall: (url) => options.mayCallAnyHost === true || isThisMachine(url),
    });
  }

  tell(type: string, object: object): Promise<SentNotice | null> {
    return this.send(this.write(type, object));
  }

  /** Written with line breaks, as the original writes: whoever parses it and writes it again breaks the signature. */
  write(type: string, object: object): string {
    const event = { id: idOf("evt"), object: "event", api_version: API_VERSION, created: this.#options.seconds() };
    const rest = { livemode: this.#options.isLive, pending_webhooks: 1, request: { id: null, idempotency_key: null } };
    return JSON.stringify({ ...event, data: { object }, ...rest, type }, null, 2);
  }

  async send(body: string): Promise<SentNotice | null> {
    if (this.notifyUrl === "") return null;
    const write = () => {
      const at = this.#options.seconds();
      const sign = (secret: string) => createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
      const signatures = this.#options.webhookSecrets.map((secret) => `v1=${sign(secret)}`);
      const header = [`t=${at}`, ...signatures, `v0=${"0".repeat(64)}`].join(",");
      return { headers: { "content-type": "application/json; charset=utf-8", "stripe-signature": header }, body };
    };
    return this.notices.send({ url: this.notifyUrl, write });
  }
}
