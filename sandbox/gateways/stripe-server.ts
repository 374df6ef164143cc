import type { Asked, Reply } from "./loopback-server";
import {
  type Fields,
  idOf,
  isRefusal,
  type Refusal,
  refuse,
  StripeDesk,
  type StripeIntent,
  type StripeRefund,
  type StripeSession,
} from "./stripe-desk";
import { API_VERSION, StripeEvents } from "./stripe-events";
import { StripeJson } from "./stripe-json";
import { plainPage, sessionPage } from "./stripe-page";

export interface StripeFakeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Its prefix says whether this is the live world. */
  readonly secretKey: string;
  /** The signing secrets of the one webhook endpoint; two while one is being changed. */
  readonly webhookSecrets: readonly string[];
  /** Where webhooks go; may be told later. */
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
  | "in_use"
  | "lost_answer"
  | "other_session"
  | "unindexed";

export interface StripePayOptions {
  readonly tell?: "once" | "twice" | "never";
  readonly method?: "card" | "alipay" | "sepa_debit";
  /** Another amount than asked, which no true Stripe would take. */
  readonly amount?: number;
}

interface Kept {
  readonly asked: string;
  readonly reply: Reply;
}

const json = (value: unknown, status = 200): Reply => ({
  status,
  headers: { "content-type": "application/json", "request-id": idOf("req"), "stripe-version": API_VERSION },
  body: JSON.stringify(value, null, 2),
});
const refusal = ({ status, ...error }: Refusal): Reply => json({ error }, status);
const html = (body: string, status = 200): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8" },
  body,
});
const missing = (what: string): Reply => refusal(refuse(`No such ${what}`, "resource_missing", 404));

/** One account at Stripe: its books, its idempotency keys and its webhooks, without the network in front of it. */
export class StripeServer {
  readonly desk: StripeDesk;
  readonly events: StripeEvents;
  /** "POST /v1/refunds", in order. */
  readonly asked: string[] = [];
  mischief: Mischief = "none";
  /** What a refund is at first; some ways to pay take days. */
  refundStatus: StripeRefund["status"] = "succeeded";
  origin = "";
  readonly #options: StripeFakeOptions;
  readonly #json: StripeJson;
  readonly #kept = new Map<string, Kept>();
  readonly #isLive: boolean;

  constructor(options: StripeFakeOptions) {
    this.#options = options;
    this.#isLive = options.secretKey.includes("_live_");
    this.desk = new StripeDesk(options.now ?? Date.now);
    this.#json = new StripeJson(this.desk, { isLive: this.#isLive, origin: () => this.origin });
    this.events = new StripeEvents({ ...options, isLive: this.#isLive, seconds: () => this.desk.seconds });
  }

  /** One request, its body read. Null: never answered. */
  async handle(asked: Asked): Promise<Reply | null> {
    if (asked.url.pathname.startsWith("/v1/")) return this.#interface(asked);
    const session = this.desk.sessions.get(asked.url.pathname.replace("/c/pay/", ""));
    if (!session) return html(plainPage("Not found 没有这笔付款"), 404);
    if (asked.method === "POST") await this.#payOnPage(session, new URLSearchParams(asked.body).get("how") ?? "");
    return html(sessionPage(session, this.desk.statusOf(session)));
  }

  #interface(asked: Asked): Reply | null {
    this.asked.push(`${asked.method} ${asked.url.pathname}`);
    if (this.mischief === "hang") return null;
    if (this.mischief === "html") return html("<html>502 Bad Gateway</html>");
    if (this.mischief === "empty") return html("");
    if (this.mischief === "error_500")
      return json({ error: { type: "api_error", message: "An unknown error occurred" } }, 500);
    if (this.mischief === "rate_limited") return refusal({ ...refuse("Too many requests", "rate_limit", 429) });
    if (this.mischief === "in_use")
      return refusal({ ...refuse("Key in use", "idempotency_key_in_use", 409), type: "idempotency_error" });
    if (asked.headers.authorization !== `Bearer ${this.#options.secretKey}`) {
      return refusal(refuse("Invalid API Key provided: ****", undefined, 401));
    }
    const reply = this.#kindly(asked);
    return this.mischief === "lost_answer" ? null : reply;
  }

  /** The same key gives the same answer, byte for byte; with other parameters it is refused. */
  #kindly(asked: Asked): Reply {
    const key = asked.headers["idempotency-key"];
    if (asked.method !== "POST" || typeof key !== "string") return this.#answer(asked);
    const request = `${asked.url.pathname}?${asked.body}`;
    const kept = this.#kept.get(key);
    if (kept && kept.asked !== request) {
      const message =
        "Keys for idempotent requests can only be used with the same parameters they were first used with.";
      return refusal({ status: 400, type: "idempotency_error", message });
    }
    if (kept) return { ...kept.reply, headers: { ...kept.reply.headers, "idempotent-replayed": "true" } };
    const reply = this.#answer(asked);
    // What fails its validation is not kept.
    if (reply.status !== 400) this.#kept.set(key, { asked: request, reply });
    return reply;
  }

  forgetKeys(): void {
    this.#kept.clear();
  }

  #answer({ method, url, body }: Asked): Reply {
    const fields: Fields = new Map(new URLSearchParams(method === "GET" ? url.search : body));
    const [, , place = "", ...rest] = url.pathname.split("/");
    if (place === "checkout") return this.#sessions(method, rest.slice(1), fields);
    if (place === "payment_intents" && method === "GET") return this.#intents(rest[0] ?? "", fields);
    if (place === "refunds") return this.#refunds(method, rest[0], fields);
    if (place === "balance_transactions") {
      const isExpanded = [...fields].some(([name, value]) => name.startsWith("expand[") && value === "data.source");
      return this.#list(this.#json.transactions(isExpanded), fields);
    }
    return refusal(refuse(`Unrecognized request URL (${method}: ${url.pathname})`, undefined, 404));
  }

  #sessions(method: string, [id, action]: readonly string[], fields: Fields): Reply {
    if (id === undefined && method === "GET") {
      const rows = this.desk
        .newest()
        .filter((one) => [undefined, this.desk.statusOf(one)].includes(fields.get("status") as "open"));
      return this.#list(
        rows.map((one) => this.#json.session(one)),
        fields,
      );
    }
    if (id === undefined) {
      const created = this.desk.create(fields, this.#isLive);
      return isRefusal(created) ? refusal(created) : json(this.#shown(created));
    }
    const session = this.desk.sessions.get(id);
    if (!session) return missing("checkout.session");
    const refused = action === "expire" ? this.desk.expire(session) : null;
    if (refused) return refusal(refused);
    if (action === "expire") void this.events.tell("checkout.session.expired", this.#json.session(session));
    return json(
      this.#json.session(
        session,
        [...fields].flatMap(([name, value]) => (name.startsWith("expand") ? [value] : [])),
      ),
    );
  }

  #shown(session: StripeSession): object {
    const shown = this.#json.session(session);
    return this.mischief === "other_session" ? { ...shown, client_reference_id: "SOMEBODYELSES000" } : shown;
  }

  #intents(id: string, fields: Fields): Reply {
    if (id !== "search") {
      const found = this.desk.findIntent(id);
      return found ? json(this.#json.intent(found.session, found.intent, true)) : missing("payment_intent");
    }
    const wanted = /^metadata\['out_trade_no'\]:'([^']*)'$/.exec(fields.get("query") ?? "")?.[1];
    const found = this.desk.intents().filter(({ session }) => session.intentMetadata.out_trade_no === wanted);
    // The index is behind the books, as the original's is for about a minute.
    const data =
      this.mischief === "unindexed" ? [] : found.map(({ session, intent }) => this.#json.intent(session, intent, true));
    return json({ object: "search_result", data, has_more: false, next_page: null, url: "/v1/payment_intents/search" });
  }

  #refunds(method: string, id: string | undefined, fields: Fields): Reply {
    if (method === "POST" && id === undefined) {
      const made = this.desk.createRefund(fields, this.refundStatus);
      if (isRefusal(made)) return refusal(made);
      void this.tellRefund(made.session, made.refund);
      return json(this.#json.refund(made.session, made.refund));
    }
    const found = this.desk.findIntent(fields.get("payment_intent") ?? "");
    return this.#list(
      (found?.intent.refunds ?? []).map((one) => this.#json.refund(found!.session, one)),
      fields,
    );
  }

  #list(rows: readonly Readonly<Record<string, unknown>>[], fields: Fields): Reply {
    const limit = Math.min(100, Math.max(1, Number(fields.get("limit") ?? 10)));
    const since = Number(fields.get("created[gte]") ?? 0);
    const until = Number(fields.get("created[lt]") ?? Number.MAX_SAFE_INTEGER);
    const wanted = rows.filter(({ created }) => Number(created) >= since && Number(created) < until);
    const after = fields.get("starting_after");
    const start = after === undefined ? 0 : wanted.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && start === 0) return missing("object: starting_after");
    const data = wanted.slice(start, start + limit);
    return json({ object: "list", data, has_more: start + limit < wanted.length, url: "/v1" });
  }

  async #payOnPage(session: StripeSession, how: string): Promise<void> {
    const tell = how === "silent" ? "never" : how === "twice" ? "twice" : "once";
    await this.pay(session, { tell, ...(how === "slow" ? { method: "sepa_debit" } : {}) });
  }

  /** A buyer pays; the events of it arrive in the wrong order, as they like to. False: nobody can pay it any more. */
  async pay(session: StripeSession, { tell = "once", ...how }: StripePayOptions): Promise<boolean> {
    const intent = this.desk.pay(session, how);
    if (!intent) return false;
    await this.#tellOf(session, intent, { tell, type: "checkout.session.completed" });
    return true;
  }

  /** What the bank said days later. */
  async settle(session: StripeSession, outcome: "succeeded" | "failed"): Promise<void> {
    if (session.intent?.status !== "processing") throw new Error("nothing is under way");
    session.intent.status = outcome === "succeeded" ? "succeeded" : "requires_payment_method";
    await this.#tellOf(session, session.intent, { tell: "once", type: `checkout.session.async_payment_${outcome}` });
  }

  async #tellOf(
    session: StripeSession,
    intent: StripeIntent,
    { tell, type }: { tell: "once" | "twice" | "never"; type: string },
  ): Promise<void> {
    if (tell === "never") return;
    const object = { ...this.#json.session(session), amount_total: intent.amount };
    const event = this.events.write(type, object);
    await Promise.all([
      this.events.send(event),
      ...(tell === "twice" ? [this.events.send(event)] : []),
      ...(intent.status === "succeeded"
        ? [
            this.events.tell("payment_intent.succeeded", this.#json.intent(session, intent, false)),
            this.events.tell("charge.succeeded", this.#json.charge(session, intent)),
          ]
        : []),
    ]);
  }

  async tellRefund(session: StripeSession, refund: StripeRefund, type = "refund.created"): Promise<void> {
    if (!session.intent) return;
    await Promise.all([
      this.events.tell(type, this.#json.refund(session, refund)),
      this.events.tell("charge.refunded", this.#json.charge(session, session.intent)),
    ]);
  }

  async dispute(session: StripeSession, outcome: "won" | "lost" | null): Promise<void> {
    const { intent } = session;
    if (!intent) throw new Error("nobody paid it");
    intent.dispute ??= { id: idOf("du"), created: this.desk.seconds, status: "needs_response" };
    if (outcome) intent.dispute.status = outcome;
    const type = outcome ? "charge.dispute.closed" : "charge.dispute.created";
    await this.events.tell(type, this.#json.dispute(session, intent.dispute));
  }
}
