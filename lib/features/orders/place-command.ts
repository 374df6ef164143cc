import type { Answers } from "@/lib/kernel/buyer-fields";
import type { Secret } from "@/lib/kernel/secret";

/** A buyer's intention to buy, parsed. */
export interface PlaceOrder {
  /** The API key's id, or `guest`. */
  readonly scope: string;
  /** The client's idempotency token: one per intention to buy. */
  readonly requestKey: string;
  readonly email: string;
  readonly locale: "zh" | "en";
  /** What sells it: the storefront when nobody says. */
  readonly channel?: "web" | "api";
  readonly accountId: string;
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[];
  readonly password?: Secret | undefined;
  readonly deviceId?: string | undefined;
  /** What the buyer wrote into the merchant's form, by the keys of its fields. */
  readonly answers?: Answers | undefined;
  /** The one card that the buyer chose, as the public knows it; `extraMinor`: what it cost beyond the price when he did, where that was said. */
  readonly chosen?: { readonly previewId: string; readonly extraMinor?: bigint | undefined } | undefined;
}

/** How the buyer gets to pay, as frozen with the attempt. */
export interface PaymentView {
  readonly id: string;
  readonly accountId: string;
  readonly kind: string;
  readonly url?: string;
  readonly text?: string;
  /** What a form posts to `url`. */
  readonly fields?: readonly (readonly [name: string, value: string])[];
  /** Of a payment on a chain: exactly this amount of this coin, and where `text` is an address. */
  readonly network?: string;
  readonly payable?: string;
  readonly payableCurrency?: string;
  /** Of a transfer by hand: to whom, and what to write so that it is known whose it is. */
  readonly payee?: string;
  readonly account?: string;
  readonly bank?: string;
  readonly reference?: string;
  /** When the gateway itself stops taking money for it, where it said so. */
  readonly closesAt?: Date;
  /** From when on what is shown opens nothing, though the payment stays: then it is asked for again. */
  readonly staleAt?: Date;
}

export interface PlacedOrder {
  readonly id: string;
  readonly number: string;
  readonly status: "pending";
  readonly exception: "none";
  readonly totalMinor: bigint;
  readonly currency: string;
  readonly deadlineAt: Date;
  readonly token: Secret;
  readonly payment: PaymentView;
  readonly isReplay: boolean;
}

/**
 * - not_found: no such variant · not_for_sale: it is not published, halted, or outside its window · quantity_out_of_range: outside its bounds
 * - form_incomplete: a field that the merchant asks for is empty, or too long
 * - gateway_unavailable: no such account, disabled, or it cannot take this currency or amount
 * - buyer_limit: with it the buyer would have more of a variant than one buyer may
 * - card_taken: the card that was chosen is somebody else's by now · price_changed: it costs another price than when it was chosen
 * - insufficient_stock: really gone · rate_limited: the buyer holds too much open · busy: too many wait; ask again
 * - idempotency_conflict: the key was used for another request, or for one more than a day ago
 */
export type PlaceOrderRefusal =
  | "not_found"
  | "not_for_sale"
  | "quantity_out_of_range"
  | "form_incomplete"
  | "gateway_unavailable"
  | "buyer_limit"
  | "card_taken"
  | "price_changed"
  | "insufficient_stock"
  | "idempotency_conflict"
  | "rate_limited"
  | "busy";
