import { backLink, choicesForm, escaped, hostedPage } from "./hosted-page";
import type { Asked, Reply } from "./loopback-server";
import {
  isRefusal,
  newPaypalId,
  notFound,
  type PaypalAmount,
  PaypalDesk,
  type PaypalOrder,
  type Refusal,
  unprocessable,
} from "./paypal-desk";
import { PaypalEvents } from "./paypal-events";
import { captureJson, orderJson, refundJson, transactionsJson } from "./paypal-json";

export interface PaypalFakeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly webhookId: string;
  /** PEM: what notices are signed with, and the certificates that prove it, the signer's first. */
  readonly signingKey: string;
  readonly certificates: string;
  readonly notifyUrl?: string;
  readonly speed?: number;
  readonly now?: () => number;
  readonly mayCallAnyHost?: boolean;
}

/** What the interface does instead of answering. */
export type Mischief =
  | "none"
  | "html"
  | "empty"
  | "error_500"
  | "hang"
  | "rate_limited"
  | "lost_answer"
  | "no_certificate";

const COLOUR = "#003087";
const json = (value: unknown, status = 200): Reply => ({
  status,
  headers: { "content-type": "application/json", "paypal-debug-id": newPaypalId() },
  body: value === null ? "" : JSON.stringify(value),
});
const refusal = ({ status, name, issue }: Refusal): Reply =>
  json({ name, message: "…", debug_id: newPaypalId(), details: issue ? [{ issue, description: "…" }] : [] }, status);
const html = (body: string, status = 200): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8" },
  body,
});
const contentOf = (body: string): Record<string, unknown> => (body === "" ? {} : JSON.parse(body));

/** One application at PayPal: its books, its tokens, its webhook, without the network in front of it. */
export class PaypalServer {
  readonly desk: PaypalDesk;
  readonly events: PaypalEvents;
  /** "POST /v2/checkout/orders", in order. */
  readonly asked: string[] = [];
  mischief: Mischief = "none";
  isTelling = true;
  /** What is taken instead of what was approved, which no true PayPal does. */
  otherAmount: PaypalAmount | null = null;
  origin = "";
  readonly #options: PaypalFakeOptions;
  readonly #tokens = new Set<string>();
  readonly #kept = new Map<string, Reply>();

  constructor(options: PaypalFakeOptions) {
    this.#options = options;
    this.desk = new PaypalDesk(options.now ?? Date.now);
    this.events = new PaypalEvents({ ...options, now: () => this.desk.now, origin: () => this.origin });
  }

  /** One request, its body read. Null: never answered. */
  async handle(asked: Asked): Promise<Reply | null> {
    const { pathname } = asked.url;
    if (pathname === "/checkoutnow") return this.#page(asked);
    if (pathname.startsWith("/v1/notifications/certs/")) return this.#certificate(pathname);
    this.asked.push(`${asked.method} ${pathname}`);
    if (this.mischief === "hang") return null;
    if (this.mischief === "html") return html("<html>502 Bad Gateway</html>");
    if (this.mischief === "empty") return html("");
    if (this.mischief === "error_500") return refusal({ status: 500, name: "INTERNAL_SERVER_ERROR" });
    if (this.mischief === "rate_limited") return refusal({ status: 429, name: "RATE_LIMIT_REACHED" });
    if (pathname === "/v1/oauth2/token") return this.#token(asked);
    if (!this.#tokens.has(asked.headers.authorization ?? "")) return refusal({ status: 401, name: "INVALID_TOKEN" });
    const reply = this.#once(asked);
    return this.mischief === "lost_answer" ? null : reply;
  }

  /** Hours pass: no token is good any more. */
  forgetTokens(): void {
    this.#tokens.clear();
  }

  /** Forty-five days pass: no request number is remembered. */
  forgetRequests(): void {
    this.#kept.clear();
  }

  #token({ headers }: Asked): Reply {
    const { clientId, clientSecret } = this.#options;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
    if (headers.authorization !== `Basic ${basic}`) return json({ error: "invalid_client" }, 401);
    const token = `A21AA${newPaypalId()}`;
    this.#tokens.add(`Bearer ${token}`);
    return json({
      scope: "…",
      access_token: token,
      token_type: "Bearer",
      app_id: "APP-80W284485P519543T",
      expires_in: 32_400,
    });
  }

  #certificate(pathname: string): Reply {
    if (this.mischief === "no_certificate") return refusal({ status: 503, name: "SERVICE_UNAVAILABLE" });
    if (pathname !== this.events.certificatePath) return html("", 404);
    return { status: 200, headers: { "content-type": "application/x-pem-file" }, body: this.#options.certificates };
  }

  /** The same request number gives the same answer again, with 200 in place of 201. */
  #once(asked: Asked): Reply {
    const number = asked.headers["paypal-request-id"];
    if (asked.method !== "POST" || typeof number !== "string") return this.#answer(asked);
    const name = `${asked.url.pathname} ${number}`;
    const kept = this.#kept.get(name);
    if (kept) return { ...kept, status: 200 };
    const reply = this.#answer(asked);
    if (reply.status < 300) this.#kept.set(name, reply);
    return reply;
  }

  #answer({ method, url, body }: Asked): Reply {
    const [, , area = "", kind = "", id = "", action] = url.pathname.split("/");
    if (area === "checkout" && id === "") return this.#create(contentOf(body));
    if (area === "checkout") return this.#order(method, this.desk.find(id), { action, body });
    if (area === "payments" && kind === "captures") return this.#capture(this.desk.findCapture(id), { action, body });
    if (area === "reporting") return this.#transactions(url.searchParams);
    if (area === "notifications") {
      return id === this.#options.webhookId ? json({ id, url: this.events.notifyUrl }) : refusal(notFound);
    }
    return refusal(notFound);
  }

  #create(content: Record<string, unknown>): Reply {
    const order = this.desk.create(content);
    return isRefusal(order) ? refusal(order) : json(orderJson(order, this.origin), 201);
  }

  #order(
    method: string,
    order: PaypalOrder | undefined,
    { action, body }: { action: string | undefined; body: string },
  ): Reply {
    if (!order) return refusal(notFound);
    if (method === "PATCH") {
      const refused = this.desk.patch(order, JSON.parse(body));
      return refused ? refusal(refused) : json(null, 204);
    }
    if (action !== "capture") return json(orderJson(order, this.origin));
    const capture = this.desk.capture(order, this.otherAmount ?? order.amount);
    if (isRefusal(capture)) return refusal(capture);
    void this.tellCapture(order);
    return json(orderJson(order, this.origin), 201);
  }

  #capture(order: PaypalOrder | undefined, { action, body }: { action: string | undefined; body: string }): Reply {
    if (!order?.capture) return refusal(notFound);
    if (action !== "refund") return json(captureJson(order, order.capture, this.origin));
    const refund = this.desk.refund(order.capture, contentOf(body));
    if (isRefusal(refund)) return refusal(refund);
    void this.#tell("PAYMENT.CAPTURE.REFUNDED", refundJson(order, refund, this.origin));
    return json(refundJson(order, refund, this.origin), 201);
  }

  #transactions(query: URLSearchParams): Reply {
    const [from, until] = [Date.parse(query.get("start_date") ?? ""), Date.parse(query.get("end_date") ?? "")];
    if (Number.isNaN(from) || until - from > 31 * 86_400_000) return refusal(unprocessable("INVALID_DATE_RANGE"));
    const [size, page] = [Number(query.get("page_size") ?? 100), Number(query.get("page") ?? 1)];
    const rows = transactionsJson(this.desk.orders.values(), { from, until });
    return json({
      transaction_details: rows.slice((page - 1) * size, page * size),
      account_number: "XZXSPECPDZHZU",
      page,
      total_items: rows.length,
      total_pages: Math.ceil(rows.length / size),
    });
  }

  async #page({ method, url, body }: Asked): Promise<Reply> {
    const order = this.desk.find(url.searchParams.get("token") ?? "");
    if (!order) return html(hostedPage("Not found 没有这笔付款", "", COLOUR), 404);
    if (method === "POST") await this.approve(order, new URLSearchParams(body).get("how") !== "silent");
    const amount = `<p>${escaped(order.description)}</p><strong>${escaped(order.amount.value)} ${escaped(order.amount.currency_code)}</strong>`;
    const back = backLink(order.returnUrl);
    if (order.status !== "CREATED") return html(hostedPage("Thank you 已授权付款", amount + back, COLOUR));
    const choices = [
      { how: "pay", label: "Pay now 立即付款" },
      { how: "silent", label: "Pay, never told 付款，但不通知", isOther: true },
    ];
    return html(hostedPage("PayPal (demo) 演示", amount + choicesForm(choices) + back, COLOUR));
  }

  /** The buyer approves; whether the shop hears of it or not, the money waits. */
  async approve(order: PaypalOrder, isTold = true): Promise<boolean> {
    if (!this.desk.approve(order)) return false;
    if (isTold) await this.#tell("CHECKOUT.ORDER.APPROVED", orderJson(order, this.origin));
    return true;
  }

  async tellCapture(order: PaypalOrder): Promise<void> {
    if (!order.capture) return;
    const type = { COMPLETED: "COMPLETED", PENDING: "PENDING", DECLINED: "DENIED" }[order.capture.status];
    await this.#tell(`PAYMENT.CAPTURE.${type}`, captureJson(order, order.capture, this.origin));
  }

  async dispute(order: PaypalOrder, outcome: string | null): Promise<void> {
    await this.#tell(outcome ? "CUSTOMER.DISPUTE.RESOLVED" : "CUSTOMER.DISPUTE.CREATED", {
      dispute_id: `PP-D-${order.id}`,
      status: outcome ? "RESOLVED" : "OPEN",
      dispute_amount: order.amount,
      disputed_transactions: [{ seller_transaction_id: order.capture?.id, custom: order.customId }],
      ...(outcome ? { dispute_outcome: { outcome_code: outcome, amount_refunded: order.amount } } : {}),
    });
  }

  async tellRefunds(order: PaypalOrder): Promise<void> {
    for (const refund of order.capture?.refunds ?? []) {
      await this.#tell("PAYMENT.CAPTURE.REFUNDED", refundJson(order, refund, this.origin));
    }
  }

  async #tell(type: string, resource: object): Promise<void> {
    if (this.isTelling) await this.events.tell(type, resource);
  }
}
