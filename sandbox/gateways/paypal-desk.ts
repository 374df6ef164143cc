import { randomInt } from "node:crypto";

export interface PaypalAmount {
  readonly currency_code: string;
  readonly value: string;
}

export interface PaypalRefund {
  readonly id: string;
  readonly amount: PaypalAmount;
  readonly invoiceId: string | null;
  readonly at: number;
  status: "COMPLETED" | "PENDING" | "FAILED";
}

export interface PaypalCapture {
  readonly id: string;
  readonly amount: PaypalAmount;
  readonly at: number;
  status: "COMPLETED" | "PENDING" | "DECLINED";
  readonly refunds: PaypalRefund[];
}

export interface PaypalOrder {
  readonly id: string;
  readonly amount: PaypalAmount;
  readonly invoiceId: string | null;
  readonly description: string;
  readonly returnUrl: string;
  readonly createdAt: number;
  customId: string | null;
  status: "CREATED" | "APPROVED" | "COMPLETED";
  capture: PaypalCapture | null;
}

/** What the interface says no with. */
export interface Refusal {
  readonly status: number;
  readonly name: string;
  readonly issue?: string;
}

export const unprocessable = (issue: string): Refusal => ({ status: 422, name: "UNPROCESSABLE_ENTITY", issue });
export const notFound: Refusal = { status: 404, name: "RESOURCE_NOT_FOUND", issue: "INVALID_RESOURCE_ID" };
export const isRefusal = (answer: object): answer is Refusal => "name" in answer;

const LETTERS = "0123456789ABCDEFGHJKLMNPRSTUVWXY";
/** Seventeen letters, for orders, captures and refunds alike: so nobody can tell them apart. */
export const newPaypalId = (): string => Array.from({ length: 17 }, () => LETTERS[randomInt(LETTERS.length)]).join("");

const WHOLE = new Set(["JPY", "HUF", "TWD"]);
const CURRENCIES = new Set(["USD", "EUR", "HKD", "GBP", "JPY"]);

/** The amount in its smallest unit, or null when PayPal would not take it. */
export function minorOf(amount: Partial<PaypalAmount> | undefined): number | null {
  const { currency_code: currency = "", value = "" } = amount ?? {};
  const match = /^(0|[1-9]\d{0,8})(?:\.(\d{1,2}))?$/.exec(value);
  if (!match || !CURRENCIES.has(currency) || (WHOLE.has(currency) && match[2] !== undefined)) return null;
  return WHOLE.has(currency) ? Number(match[1]) : Number(match[1] + (match[2] ?? "").padEnd(2, "0"));
}

const APPROVAL_MS = 3 * 3_600_000;

/** The books of one account: pure of network and signatures. */
export class PaypalDesk {
  readonly orders = new Map<string, PaypalOrder>();
  /** What the next captures become; some of PayPal's are reviewed first. */
  captureStatus: PaypalCapture["status"] = "COMPLETED";
  refundStatus: PaypalRefund["status"] = "COMPLETED";
  /** The buyer's card says no when the money is taken. */
  isDeclining = false;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get now(): number {
    return this.#now();
  }

  /** An order that nobody took in time is not there any more. */
  find(id: string): PaypalOrder | undefined {
    const order = this.orders.get(id);
    return order && !order.capture && this.#now() > order.createdAt + APPROVAL_MS ? undefined : order;
  }

  findCapture(id: string): PaypalOrder | undefined {
    return [...this.orders.values()].find(({ capture }) => capture?.id === id);
  }

  create(content: Readonly<Record<string, unknown>>): PaypalOrder | Refusal {
    const [unit, ...others] = (content.purchase_units as Record<string, unknown>[] | undefined) ?? [];
    if (content.intent !== "CAPTURE" || !unit || others.length > 0) return unprocessable("MISSING_REQUIRED_PARAMETER");
    const amount = unit.amount as PaypalAmount;
    if (minorOf(amount) === null) return unprocessable("CURRENCY_NOT_SUPPORTED");
    if ((minorOf(amount) ?? 0) < 1) return unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE");
    const order: PaypalOrder = {
      id: newPaypalId(),
      amount,
      invoiceId: (unit.invoice_id as string | undefined) ?? null,
      customId: (unit.custom_id as string | undefined) ?? null,
      description: String(unit.description ?? ""),
      returnUrl: String((content.application_context as Record<string, unknown> | undefined)?.return_url ?? ""),
      createdAt: this.#now(),
      status: "CREATED",
      capture: null,
    };
    this.orders.set(order.id, order);
    return order;
  }

  /** Only what the shop changes; a captured order is what it is. */
  patch(order: PaypalOrder, operations: readonly { op: string; path: string; value?: unknown }[]): Refusal | null {
    if (order.status === "COMPLETED") return unprocessable("ORDER_ALREADY_CAPTURED");
    for (const { op, path, value } of operations) {
      if (op !== "replace" || path !== "/purchase_units/@reference_id=='default'/custom_id") {
        return unprocessable("NOT_PATCHABLE");
      }
      order.customId = String(value);
    }
    return null;
  }

  /** The buyer presses the button; money moves only when the shop takes it. */
  approve(order: PaypalOrder): boolean {
    if (!this.find(order.id) || order.status !== "CREATED") return false;
    order.status = "APPROVED";
    return true;
  }

  capture(order: PaypalOrder, amount = order.amount): PaypalCapture | Refusal {
    if (order.capture) return unprocessable("ORDER_ALREADY_CAPTURED");
    if (order.status !== "APPROVED") return unprocessable("ORDER_NOT_APPROVED");
    if (this.isDeclining) return unprocessable("INSTRUMENT_DECLINED");
    const isPaid = [...this.orders.values()].some((other) => other.capture && other.invoiceId === order.invoiceId);
    if (order.invoiceId !== null && isPaid) return unprocessable("DUPLICATE_INVOICE_ID");
    order.capture = { id: newPaypalId(), amount, at: this.#now(), status: this.captureStatus, refunds: [] };
    order.status = "COMPLETED";
    return order.capture;
  }

  refund(capture: PaypalCapture, content: { amount?: PaypalAmount; invoice_id?: string }): PaypalRefund | Refusal {
    if (capture.status !== "COMPLETED") return unprocessable("PENDING_CAPTURE");
    const amount = content.amount ?? capture.amount;
    const [asked, left] = [minorOf(amount) ?? 0, (minorOf(capture.amount) ?? 0) - refundedOf(capture)];
    if (left === 0) return unprocessable("CAPTURE_FULLY_REFUNDED");
    if (asked < 1 || asked > left) return unprocessable("REFUND_AMOUNT_EXCEEDED");
    const invoiceId = content.invoice_id ?? null;
    if (invoiceId !== null && capture.refunds.some((one) => one.invoiceId === invoiceId)) {
      return unprocessable("DUPLICATE_INVOICE_ID");
    }
    const refund: PaypalRefund = { id: newPaypalId(), amount, invoiceId, at: this.#now(), status: this.refundStatus };
    capture.refunds.push(refund);
    return refund;
  }
}

export const refundedOf = (capture: PaypalCapture): number =>
  capture.refunds.reduce((sum, { amount, status }) => (status === "FAILED" ? sum : sum + (minorOf(amount) ?? 0)), 0);
