// Over 300 lines: everything that the API promises is described in one table.
import type { z } from "zod";
import { HeadPage, HeadsQuery, LedgerView } from "@/lib/features/ledger/schema";
import { CardPage, CardsQuery } from "./card-schema";
import {
  ChangedVariantView,
  ChangeVariantBody,
  MerchantOrderDetail,
  MerchantOrderPage,
  MerchantOrdersQuery,
  MerchantProductList,
  MerchantProductsQuery,
} from "./merchant-schema";
import type { ProblemCode } from "./problem";
import { QuotaView, SpendQuotaBody, SpentQuotaView } from "./quota-schema";
import {
  GatewayList,
  GatewaysQuery,
  OrderView,
  PaymentView,
  PlacedOrderView,
  PlaceOrderBody,
  ProductPage,
  ProductsQuery,
  RevealView,
  StartPaymentBody,
} from "./schema";

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "header" | "query";
  readonly required: boolean;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What one address promises; the OpenAPI document and the page for readers are both made from this. */
export interface Operation {
  readonly id: string;
  readonly tag: "Catalogue" | "Orders" | "Payments" | "Quota" | "Merchant" | "Notifications" | "Ledger" | "Operations";
  readonly method: "get" | "post";
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly needsToken?: true;
  /** A key that the buyer was given as his card. */
  readonly needsQuotaKey?: true;
  /** The right that a merchant's API key must have. */
  readonly needsKey?: string;
  readonly parameters?: readonly Parameter[];
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly success: {
    readonly status: 200 | 201;
    readonly description: string;
    readonly schema?: z.ZodType;
    readonly contentType?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly problems: readonly ProblemCode[];
}

const orderId: Parameter = {
  name: "id",
  in: "path",
  required: true,
  description: "The order's id.",
  schema: { type: "string", pattern: "^ord_[0-9a-f]{32}$" },
};
const paymentId: Parameter = {
  name: "payment",
  in: "path",
  required: true,
  description: "The payment's id.",
  schema: { type: "string", pattern: "^pay_[0-9a-f]{32}$" },
};
const ofOrder = { tag: "Orders", needsToken: true, parameters: [orderId] } as const;
const gatewayPath: readonly Parameter[] = [
  { name: "gateway", in: "path", required: true, description: "The gateway's kind.", schema: { type: "string" } },
  { name: "accountId", in: "path", required: true, description: "The account's id.", schema: { type: "string" } },
];
const notification = {
  tag: "Notifications",
  path: "/api/pay/{gateway}/{accountId}",
  description:
    "For gateways only. The request is verified by its signature; the answer is the gateway's own word as text/plain, and the word for success is sent only after the payment has been committed. Repeats are safe. Never answers with a redirect.",
  parameters: gatewayPath,
  success: { status: 200, description: "The gateway's own word.", contentType: "text/plain" },
  problems: [],
} as const satisfies Partial<Operation>;

const shop: readonly Operation[] = [
  {
    id: "listProducts",
    tag: "Catalogue",
    method: "get",
    path: "/api/v1/products",
    summary: "List products",
    description:
      "Everything on show, in shelf order, with the variants that can be ordered. Stock is told as a band that may be some seconds old; only placing an order decides.",
    query: ProductsQuery,
    success: { status: 200, description: "One page of products.", schema: ProductPage },
    problems: ["invalid"],
  },
  {
    id: "listCards",
    tag: "Catalogue",
    method: "get",
    path: "/api/v1/products/{slug}/cards",
    summary: "List cards to choose from",
    description:
      "Cards of one variant that a buyer chooses himself, by what its merchant made public of each, the cheapest first. The list may be some seconds old; only placing an order decides. An order that names no card never gets one of these.",
    parameters: [
      {
        name: "slug",
        in: "path",
        required: true,
        description: "The product's slug.",
        schema: { type: "string", pattern: "^[a-z0-9][a-z0-9-]{0,62}$" },
      },
    ],
    query: CardsQuery,
    success: { status: 200, description: "One page of cards.", schema: CardPage },
    problems: ["invalid", "not_found", "rate_limited"],
  },
  {
    id: "getPicture",
    tag: "Catalogue",
    method: "get",
    path: "/api/media/{file}",
    summary: "Read a product's picture",
    description: "As product pages name it. What a name stands for never changes: keep it for as long as you like.",
    parameters: [
      {
        name: "file",
        in: "path",
        required: true,
        description: "The picture's name.",
        schema: { type: "string", pattern: "^[0-9a-f]{32}(-480)?\\.webp$" },
      },
    ],
    success: { status: 200, description: "The picture.", contentType: "image/webp" },
    problems: ["not_found"],
  },
  {
    id: "listGateways",
    tag: "Catalogue",
    method: "get",
    path: "/api/v1/gateways",
    summary: "List ways to pay",
    description:
      "The gateway accounts that an order may name: one for each way to pay. A merchant with accounts of its own is paid through those alone, so ask with the variant where a shop has several merchants. Accounts that share their buyers are listed once; the payment's gateway is the account that takes the money.",
    query: GatewaysQuery,
    success: { status: 200, description: "One active account of each way to pay.", schema: GatewayList },
    problems: ["invalid", "not_found"],
  },
  {
    id: "placeOrder",
    tag: "Orders",
    method: "post",
    path: "/api/v1/orders",
    summary: "Place an order",
    description:
      "Reserves the cards and opens a payment in one step, or does neither. Ask again with the same key and body after a lost answer: you get the same order, byte for byte, also after the stock is gone. A refused request does not use up its key.",
    parameters: [
      {
        name: "Idempotency-Key",
        in: "header",
        required: true,
        description: "One per intention to buy: 8–200 printable ASCII characters.",
        schema: { type: "string", minLength: 8, maxLength: 200 },
      },
    ],
    body: PlaceOrderBody,
    success: {
      status: 201,
      description: "The order, with the token that opens it and the way to pay.",
      schema: PlacedOrderView,
      headers: { "Idempotency-Replayed": "true when this key had already placed this order." },
    },
    problems: [
      "invalid_idempotency_key",
      "not_json",
      "not_found",
      "insufficient_stock",
      "card_taken",
      "price_changed",
      "idempotency_conflict",
      "not_for_sale",
      "buyer_limit",
      "too_large",
      "invalid",
      "rate_limited",
      "busy",
    ],
  },
  {
    ...ofOrder,
    id: "getOrder",
    method: "get",
    path: "/api/v1/orders/{id}",
    summary: "Read an order",
    description: "The order as it stands, without its secrets. A pending order past its deadline reads expired.",
    success: { status: 200, description: "The order.", schema: OrderView },
    problems: ["not_found"],
  },
  {
    ...ofOrder,
    id: "revealOrder",
    method: "post",
    path: "/api/v1/orders/{id}/reveal",
    summary: "Reveal the secrets of a delivered order",
    description:
      "Every reveal is recorded. With Accept: text/html, as a form sends it, the answer is a page instead of JSON.",
    success: { status: 200, description: "The secrets, in the order of delivery.", schema: RevealView },
    problems: ["not_found", "not_delivered", "busy"],
  },
  {
    ...ofOrder,
    id: "cancelOrder",
    method: "post",
    path: "/api/v1/orders/{id}/cancel",
    summary: "Cancel an unpaid order",
    description: "Frees its cards. Money that arrives later is still recorded and served.",
    success: { status: 200, description: "The order.", schema: OrderView },
    problems: ["not_found", "not_cancellable"],
  },
];

const payments: readonly Operation[] = [
  {
    ...ofOrder,
    id: "startPayment",
    tag: "Payments",
    method: "post",
    path: "/api/v1/orders/{id}/payments",
    summary: "Open another payment attempt",
    description:
      "With another gateway account, or with the same one again: an attempt that is still open is returned as it is. Where its kind is on_request, the gateway is asked now, and the answer stands for every later question but for one with staleAt, which is asked for anew. Where the gateway refuses the attempt or has closed it, another one is opened in its place.",
    body: StartPaymentBody,
    success: { status: 201, description: "The way to pay.", schema: PaymentView },
    problems: [
      "not_json",
      "not_found",
      "not_payable",
      "too_many_attempts",
      "gateway_refused",
      "too_large",
      "invalid",
      "rate_limited",
      "gateway_silent",
    ],
  },
  {
    ...ofOrder,
    id: "postPaymentForm",
    tag: "Payments",
    parameters: [orderId, paymentId],
    method: "get",
    path: "/api/v1/orders/{id}/payments/{payment}/form",
    summary: "Send a browser to the gateway by a form",
    description:
      "For a payment of the kind form: a page that posts its fields to the gateway, and may post nowhere else. Of other kinds there is none.",
    success: { status: 200, description: "The page.", contentType: "text/html" },
    problems: ["not_found", "not_payable", "gateway_refused", "rate_limited", "gateway_silent"],
  },
  {
    ...ofOrder,
    id: "checkPayment",
    tag: "Payments",
    method: "post",
    path: "/api/v1/orders/{id}/check",
    summary: "Ask the gateway now",
    description: "For a buyer who says “I have paid”. Limited to a few per minute and order.",
    success: { status: 200, description: "The order after the gateway was asked.", schema: OrderView },
    problems: ["not_found", "rate_limited"],
  },
  { ...notification, id: "receiveNotificationByGet", method: "get", summary: "Receive a notification by GET" },
  { ...notification, id: "receiveNotificationByPost", method: "post", summary: "Receive a notification by POST" },
];

const quota: readonly Operation[] = [
  {
    id: "spendQuota",
    tag: "Quota",
    needsQuotaKey: true,
    method: "post",
    path: "/api/v1/quota/uses",
    summary: "Spend uses of a key",
    description:
      "For the holder of a key (kq_…) that was bought as a card and is good for so many uses. Counted once for each Idempotency-Key: ask again after a lost answer, and you get the first answer, also when nothing is left. A refused call does not use up its Idempotency-Key. A key that is unknown, not delivered, replaced or refunded gets the same 404.",
    parameters: [
      {
        name: "Idempotency-Key",
        in: "header",
        required: true,
        description: "One per use, within its key: 8–200 printable ASCII characters.",
        schema: { type: "string", minLength: 8, maxLength: 200 },
      },
    ],
    body: SpendQuotaBody,
    success: {
      status: 201,
      description: "The uses are spent; the figures are those after this call.",
      schema: SpentQuotaView,
      headers: { "Idempotency-Replayed": "true when this call had already been counted." },
    },
    problems: [
      "invalid_idempotency_key",
      "not_json",
      "not_found",
      "quota_exhausted",
      "idempotency_conflict",
      "too_large",
      "invalid",
      "rate_limited",
      "busy",
    ],
  },
  {
    id: "getQuota",
    tag: "Quota",
    needsQuotaKey: true,
    method: "get",
    path: "/api/v1/quota",
    summary: "Read what is left of a key",
    description: "Spends nothing.",
    success: { status: 200, description: "The key's figures.", schema: QuotaView },
    problems: ["not_found", "rate_limited"],
  },
];

const ledger: readonly Operation[] = [
  {
    id: "getLedger",
    tag: "Ledger",
    method: "get",
    path: "/api/v1/ledger",
    summary: "Read the newest signed head of the stock ledger",
    description:
      "Every movement of a card is sealed in a chain of signed blocks. Keep a head: whoever keeps one can prove later that the shop changed nothing before it. A head tells neither what moved nor how much.",
    success: { status: 200, description: "The shop's key and its newest head.", schema: LedgerView },
    problems: [],
  },
  {
    id: "listLedgerHeads",
    tag: "Ledger",
    method: "get",
    path: "/api/v1/ledger/blocks",
    summary: "List signed heads of the stock ledger",
    description: "Oldest first. Each names the hash of the one before; a head never changes once it is published.",
    query: HeadsQuery,
    success: { status: 200, description: "One page of heads.", schema: HeadPage },
    problems: ["invalid"],
  },
];

const operations: readonly Operation[] = [
  {
    id: "livez",
    tag: "Operations",
    method: "get",
    path: "/livez",
    summary: "Is the process alive?",
    description: "Answers without asking anyone else.",
    success: { status: 200, description: "Alive.", contentType: "application/json" },
    problems: [],
  },
  {
    id: "readyz",
    tag: "Operations",
    method: "get",
    path: "/readyz",
    summary: "Can the process sell?",
    description:
      "200 when the database answers and has every migration; 503 with a reason otherwise and while stopping.",
    success: { status: 200, description: "Ready.", contentType: "application/json" },
    problems: [],
  },
  {
    id: "metrics",
    tag: "Operations",
    method: "get",
    path: "/metrics",
    summary: "Metrics for Prometheus",
    description: "Only for this machine and its private network: a request that came through a proxy gets 404.",
    success: { status: 200, description: "Prometheus text format.", contentType: "text/plain" },
    problems: ["not_found"],
  },
];

const merchant: readonly Operation[] = [
  {
    id: "listMerchantOrders",
    tag: "Merchant",
    needsKey: "orders:read",
    method: "get",
    path: "/api/v1/merchant/orders",
    summary: "List your orders",
    description: "The newest first. None of it carries a card's secret.",
    query: MerchantOrdersQuery,
    success: { status: 200, description: "One page of orders.", schema: MerchantOrderPage },
    problems: ["unauthorized", "forbidden", "invalid", "rate_limited"],
  },
  {
    id: "getMerchantOrder",
    tag: "Merchant",
    needsKey: "orders:read",
    method: "get",
    path: "/api/v1/merchant/orders/{id}",
    summary: "Read one of your orders",
    description: "With its lines. What a webhook names is read here.",
    parameters: [orderId],
    success: { status: 200, description: "The order.", schema: MerchantOrderDetail },
    problems: ["unauthorized", "forbidden", "not_found", "rate_limited"],
  },
  {
    id: "listMerchantProducts",
    tag: "Merchant",
    needsKey: "products:read",
    method: "get",
    path: "/api/v1/merchant/products",
    summary: "List your products",
    description: "Drafts and archived ones too, with their variants, their versions and the cards on sale.",
    query: MerchantProductsQuery,
    success: { status: 200, description: "One page of products.", schema: MerchantProductList },
    problems: ["unauthorized", "forbidden", "invalid", "rate_limited"],
  },
  {
    id: "changeVariant",
    tag: "Merchant",
    needsKey: "products:write",
    method: "post",
    path: "/api/v1/merchant/variants/{id}",
    summary: "Change a variant's price or state",
    description: "Only if it is still as you read it: a change in between is a conflict, not an overwrite.",
    parameters: [
      {
        name: "id",
        in: "path",
        required: true,
        description: "The variant's id.",
        schema: { type: "string", pattern: "^var_[0-9a-f]{32}$" },
      },
    ],
    body: ChangeVariantBody,
    success: { status: 200, description: "The variant as it is now.", schema: ChangedVariantView },
    problems: [
      "unauthorized",
      "forbidden",
      "not_json",
      "not_found",
      "conflict",
      "too_large",
      "invalid",
      "rate_limited",
    ],
  },
];

/** Every address of the API but those of the documentation itself. */
export const OPERATIONS: readonly Operation[] = [...shop, ...payments, ...quota, ...merchant, ...ledger, ...operations];
