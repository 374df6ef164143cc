// Over 300 lines: every page and every route of the shop stands in one table, where whoever adds one finds its place.
import type { Foreign } from "./walk-foreign";

/** Who walks: nobody at all, a buyer of something else, another merchant, and an admin. */
export const WALKERS = ["nobody", "buyer", "stranger", "admin"] as const;
export type Walker = (typeof WALKERS)[number];

/** A uuid as it stands in addresses. */
export const publicId = (prefix: string, uuid: string): string => `${prefix}_${uuid.replaceAll("-", "")}`;
/** An id of nothing, where the owner has no such thing. */
export const NOTHING = "0198a000-0000-7000-8000-00000000dead";

/** open: 200, and nothing of the owner's on it · sign-in: sent there · missing: 404 · elsewhere: led to another page of one's own. */
export type Outcome = "open" | "sign-in" | "missing" | "elsewhere";
type Outcomes = Readonly<Record<Walker, Outcome>>;

const all = (outcome: Outcome): Outcomes => ({ nobody: outcome, buyer: outcome, stranger: outcome, admin: outcome });
const OPEN = all("open");
const MISSING = all("missing");
/** A merchant's own list: to an admin there is nothing under a merchant's address. */
const OWN: Outcomes = { nobody: "sign-in", buyer: "sign-in", stranger: "open", admin: "missing" };
/** A merchant's thing, asked for by its id. */
const FOREIGN: Outcomes = { ...OWN, stranger: "missing" };
const ADMINS: Outcomes = { nobody: "sign-in", buyer: "sign-in", stranger: "missing", admin: "open" };
const STAFF: Outcomes = { ...ADMINS, stranger: "open" };

interface PageRow {
  /** The address under the language, with the owner's ids in it. */
  readonly at: (foreign: Foreign) => string;
  readonly outcomes: Outcomes;
}
const page = (outcomes: Outcomes, at: string | PageRow["at"]): PageRow => ({
  at: typeof at === "string" ? () => at : at,
  outcomes,
});

/** Every page of the shop, by its folder without the groups: a page that is not here fails the walk. */
export const PAGES: Readonly<Record<string, PageRow>> = {
  "": page(OPEN, ""),
  "/[...missing]": page(MISSING, "/no/such/page"),
  "/lookup": page(OPEN, "/lookup"),
  "/orders/[id]": page(MISSING, (f) => `/orders/${publicId("ord", f.order)}`),
  "/orders/[id]/disputes/new": page(MISSING, (f) => `/orders/${publicId("ord", f.order)}/disputes/new`),
  "/orders/[id]/disputes/[dispute]": page(
    MISSING,
    (f) => `/orders/${publicId("ord", f.order)}/disputes/${publicId("dsp", f.dispute)}`,
  ),
  "/orders/[id]/pay": page(MISSING, (f) => `/orders/${publicId("ord", f.order)}/pay`),
  "/orders/link": page(OPEN, "/orders/link"),
  "/products/[slug]": page(OPEN, (f) => `/products/${f.slug}`),
  "/products/[slug]/cards": page(OPEN, (f) => `/products/${f.slug}/cards`),
  "/restock/end": page(OPEN, "/restock/end"),
  "/wallet": page(OPEN, "/wallet"),
  "/wallet/link": page(OPEN, "/wallet/link"),
  "/setup": page(OPEN, "/setup"),
  "/sign-in": page({ ...OPEN, stranger: "elsewhere", admin: "elsewhere" }, "/sign-in"),
  "/sign-in/factor": page(all("sign-in"), "/sign-in/factor"),
  "/step-up": page(STAFF, "/step-up"),
  "/account": page({ ...STAFF, admin: "open" }, "/account"),
  "/account/factor": page({ ...STAFF, stranger: "elsewhere", admin: "elsewhere" }, "/account/factor"),
  "/merchant": page(OWN, "/merchant"),
  "/merchant/batches": page(OWN, "/merchant/batches"),
  "/merchant/batches/[id]": page(FOREIGN, (f) => `/merchant/batches/${publicId("bat", f.batch)}`),
  "/merchant/customers": page(OWN, "/merchant/customers"),
  "/merchant/developers": page(OWN, "/merchant/developers"),
  "/merchant/disputes": page(OWN, "/merchant/disputes"),
  "/merchant/disputes/[id]": page(FOREIGN, (f) => `/merchant/disputes/${publicId("dsp", f.dispute)}`),
  "/merchant/exports": page(OWN, "/merchant/exports"),
  "/merchant/orders": page(OWN, (f) => `/merchant/orders?q=${f.slug}`),
  "/merchant/orders/[id]": page(FOREIGN, (f) => `/merchant/orders/${publicId("ord", f.order)}`),
  "/merchant/products": page(OWN, "/merchant/products"),
  "/merchant/products/[id]": page(FOREIGN, (f) => `/merchant/products/${publicId("prd", f.product)}`),
  "/merchant/products/new": page(OWN, "/merchant/products/new"),
  "/merchant/products/bulk": page(OWN, (f) => `/merchant/products/bulk?v=${f.variant}&price=0.01`),
  "/merchant/replacements": page(OWN, "/merchant/replacements"),
  "/merchant/statement": page(OWN, "/merchant/statement"),
  "/merchant/pools": page(OWN, (f) => `/merchant/pools?q=${f.slug}`),
  "/merchant/stock": page(OWN, (f) => `/merchant/stock?q=${f.slug}`),
  "/merchant/upload": page(OWN, (f) => `/merchant/upload?variant=${publicId("var", f.variant)}`),
  "/merchant/upload/[id]": page(FOREIGN, (f) => `/merchant/upload/${publicId("upl", f.upload)}`),
  "/merchant/vault": page(
    OWN,
    (f) => `/merchant/vault?merchant=${publicId("mer", f.merchant)}&batch=${publicId("bat", f.batch)}`,
  ),
  "/merchant/vault/[id]": page(FOREIGN, (f) => `/merchant/vault/${publicId("crd", f.card)}`),
  "/admin": page(ADMINS, "/admin"),
  "/admin/audit": page(ADMINS, "/admin/audit"),
  "/admin/batches": page(ADMINS, "/admin/batches"),
  "/admin/batches/[id]": page(ADMINS, (f) => `/admin/batches/${publicId("bat", f.batch)}`),
  "/admin/caches": page(ADMINS, "/admin/caches"),
  "/admin/categories": page(ADMINS, "/admin/categories"),
  "/admin/disputes": page(ADMINS, "/admin/disputes"),
  "/admin/disputes/[id]": page(ADMINS, (f) => `/admin/disputes/${publicId("dsp", f.dispute)}`),
  "/admin/exports": page(ADMINS, "/admin/exports"),
  "/admin/findings": page(ADMINS, "/admin/findings"),
  "/admin/findings/[id]": page({ ...ADMINS, admin: "missing" }, `/admin/findings/${publicId("fnd", NOTHING)}`),
  "/admin/findings/automatic": page(ADMINS, "/admin/findings/automatic"),
  "/admin/findings/runs": page(ADMINS, "/admin/findings/runs"),
  "/admin/gateways": page(ADMINS, "/admin/gateways"),
  "/admin/gateways/[id]": page(ADMINS, "/admin/gateways/epay"),
  "/admin/gateways/new": page(ADMINS, "/admin/gateways/new"),
  "/admin/mails": page(ADMINS, "/admin/mails"),
  "/admin/orders": page(ADMINS, "/admin/orders"),
  "/admin/orders/[id]": page(ADMINS, (f) => `/admin/orders/${publicId("ord", f.order)}`),
  // Of an order that nobody has paid there is nothing to give back.
  "/admin/orders/[id]/refund": page(
    { ...ADMINS, admin: "missing" },
    (f) => `/admin/orders/${publicId("ord", f.order)}/refund`,
  ),
  "/admin/owed": page(ADMINS, "/admin/owed"),
  "/admin/payments": page(ADMINS, "/admin/payments"),
  "/admin/people": page(ADMINS, "/admin/people"),
  "/admin/products": page(ADMINS, "/admin/products"),
  "/admin/products/[id]": page(ADMINS, (f) => `/admin/products/${publicId("prd", f.product)}`),
  "/admin/products/bulk": page(ADMINS, (f) => `/admin/products/bulk?v=${f.variant}`),
  "/admin/proof": page(ADMINS, "/admin/proof"),
  "/admin/refunds": page(ADMINS, "/admin/refunds"),
  "/admin/replacements": page(ADMINS, "/admin/replacements"),
  "/admin/reports": page(ADMINS, "/admin/reports"),
  "/admin/reports/[day]": page({ ...ADMINS, admin: "missing" }, "/admin/reports/2020-01-01"),
  "/admin/reports/merchants/[id]": page(ADMINS, (f) => `/admin/reports/merchants/${publicId("mer", f.merchant)}`),
  "/admin/stock": page(ADMINS, "/admin/stock"),
  "/admin/statements": page(ADMINS, "/admin/statements"),
  "/admin/statements/[id]": page({ ...ADMINS, admin: "missing" }, `/admin/statements/${publicId("stm", NOTHING)}`),
  "/admin/statements/upload": page(ADMINS, "/admin/statements/upload"),
  "/admin/transfers": page(ADMINS, "/admin/transfers"),
  "/admin/vault": page(ADMINS, "/admin/vault"),
  "/admin/vault/[id]": page(ADMINS, (f) => `/admin/vault/${publicId("crd", f.card)}`),
  "/admin/wallets": page(ADMINS, "/admin/wallets"),
};

/** What each of WALKERS hears in turn; a 200 has nothing of the owner's in it. */
type Statuses = readonly [nobody: number, buyer: number, stranger: number, admin: number];

export interface RouteRow {
  readonly at: (foreign: Foreign) => string;
  readonly statuses: Statuses;
  readonly form?: (foreign: Foreign) => Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headers?: (foreign: Foreign) => Readonly<Record<string, string>>;
  /** The stranger shows the key of a program of theirs, and the others nothing. */
  readonly byKey?: true;
  /** Whoever has not shown for a while who they are hears 403, also of what is their own. */
  readonly asksAgain?: true;
}

const ofOrder =
  (rest: string): RouteRow["at"] =>
  (f) =>
    `/api/v1/orders/${publicId("ord", f.order)}${rest}`;
const HELD: Statuses = [404, 404, 404, 404];
/** A merchant's thing: an admin is no merchant, and finds it where admins look. */
const OWNED: Statuses = [401, 401, 404, 404];
const WITH_KEY: Statuses = [401, 401, 404, 401];
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const dispute =
  (rest: string): RouteRow["at"] =>
  (f) =>
    `/en/orders/${publicId("ord", f.order)}/disputes${rest.replace("[dispute]", publicId("dsp", f.dispute))}`;
const upload: RouteRow["at"] = (f) => `/api/merchant/uploads/${publicId("upl", f.upload)}`;

/** Every address of the lane and every route of the pages, by method and pattern: one that is not here fails the walk. */
export const ROUTES: Readonly<Record<string, RouteRow | "for anybody">> = {
  "GET /": "for anybody",
  "GET /api/auth/[...nextauth]": "for anybody",
  "POST /api/auth/[...nextauth]": "for anybody",
  // A merchant's
  "POST /api/merchant/pictures": {
    at: () => "/api/merchant/pictures",
    statuses: [401, 401, 422, 404],
    body: "no picture",
  },
  "POST /api/merchant/uploads": {
    at: () => "/api/merchant/uploads",
    statuses: OWNED,
    headers: (f: Foreign) => ({
      "upload-length": "9",
      "upload-metadata": `filename ${base64("walk.txt")},variant ${base64(f.variant)}`,
    }),
  },
  "HEAD /api/merchant/uploads/[id]": { at: upload, statuses: OWNED },
  "GET /api/merchant/uploads/[id]": { at: upload, statuses: [401, 401, 404, 200] },
  "PATCH /api/merchant/uploads/[id]": {
    at: upload,
    statuses: OWNED,
    body: "WALKED-IN\n",
    headers: () => ({ "upload-offset": "0" }),
  },
  "DELETE /api/merchant/uploads/[id]": { at: upload, statuses: OWNED },
  "GET /api/merchant/batches/[id]/rejects": {
    at: (f: Foreign) => `/api/merchant/batches/${publicId("bat", f.batch)}/rejects`,
    statuses: [401, 401, 404, 200],
  },
  "GET /api/merchant/exports/[id]": {
    at: (f: Foreign) => `/api/merchant/exports/${publicId("exp", f.exportFile)}`,
    statuses: OWNED,
  },
  "GET /api/merchant/vault": {
    at: (f: Foreign) => `/api/merchant/vault?merchant=${publicId("mer", f.merchant)}&batch=${publicId("bat", f.batch)}`,
    statuses: [401, 401, 200, 200],
  },
  "POST /api/merchant/vault/reveal": {
    at: () => "/api/merchant/vault/reveal",
    form: (f: Foreign) => ({ card: publicId("crd", f.card), reason: "walking by" }),
    statuses: [401, 401, 404, 200],
    asksAgain: true,
  },
  "POST /api/merchant/vault/export": {
    at: () => "/api/merchant/vault/export",
    form: (f: Foreign) => ({ cards: publicId("crd", f.card), reason: "walking by", all: "0" }),
    statuses: OWNED,
    asksAgain: true,
  },
  "POST /api/merchant/statement": {
    at: () => "/api/merchant/statement",
    form: (f: Foreign) => ({ month: "2026-01", merchant: f.merchant }),
    statuses: [401, 401, 404, 200],
    asksAgain: true,
  },
  "GET /api/merchant/disputes/pictures/[id]": {
    at: (f: Foreign) => `/api/merchant/disputes/pictures/${f.disputePicture}`,
    statuses: HELD,
  },
  // An admin's
  // Of a case that no bank has to do with there is no such file, for an admin either.
  "GET /api/admin/disputes/[id]/pack": {
    at: (f: Foreign) => `/api/admin/disputes/${publicId("dsp", f.dispute)}/pack`,
    statuses: HELD,
  },
  "POST /api/admin/reports": {
    at: () => "/api/admin/reports",
    form: () => ({ from: "2026-01-01", to: "2026-01-31" }),
    statuses: [401, 401, 404, 200],
    asksAgain: true,
  },
  "POST /api/admin/statements": { at: () => "/api/admin/statements?account=epay", statuses: [401, 401, 404, 422] },
  "GET /api/admin/statements": {
    at: () => "/api/admin/statements?account=epay&after=0",
    statuses: [401, 401, 404, 200],
  },
  "POST /api/admin/statements/preview": {
    at: () => "/api/admin/statements/preview?account=epay",
    statuses: [401, 401, 404, 422],
  },
  "GET /api/admin/statements/[id]/rejected": {
    at: () => `/api/admin/statements/${publicId("stm", NOTHING)}/rejected`,
    statuses: OWNED,
  },
  // A buyer's
  "POST /api/v1/orders": "for anybody",
  "GET /api/v1/orders/:id": { at: ofOrder(""), statuses: HELD },
  "POST /api/v1/orders/:id/cancel": { at: ofOrder("/cancel"), statuses: HELD },
  "POST /api/v1/orders/:id/payments": { at: ofOrder("/payments"), statuses: HELD, body: '{"gateway":"epay"}' },
  "GET /api/v1/orders/:id/payments/:payment/form": {
    at: (f: Foreign) => `${ofOrder("/payments")(f)}/${publicId("pay", f.attempt)}/form`,
    statuses: HELD,
  },
  "POST /api/v1/orders/:id/check": { at: ofOrder("/check"), statuses: HELD },
  "POST /api/v1/orders/:id/reveal": { at: ofOrder("/reveal"), statuses: HELD },
  "POST /orders/[id]/disputes/report": {
    at: dispute("/report"),
    form: () => ({ disputeId: NOTHING, position: "1", kind: "used", text: "walking by" }),
    statuses: HELD,
  },
  "POST /orders/[id]/disputes/[dispute]/answer": {
    at: dispute("/[dispute]/answer"),
    form: () => ({ requestId: NOTHING, text: "walking by" }),
    statuses: HELD,
  },
  "GET /orders/[id]/disputes/[dispute]/pictures/[picture]": {
    at: (f: Foreign) => `${dispute("/[dispute]/pictures")(f)}/${f.disputePicture}`,
    statuses: HELD,
  },
  // A program's
  "GET /api/v1/merchant/orders": {
    at: (f: Foreign) => `/api/v1/merchant/orders?email=${f.slug}@buyers.example`,
    statuses: [401, 401, 200, 401],
    byKey: true,
  },
  "GET /api/v1/merchant/orders/:id": {
    at: (f: Foreign) => `/api/v1/merchant/orders/${publicId("ord", f.order)}`,
    statuses: WITH_KEY,
    byKey: true,
  },
  "GET /api/v1/merchant/products": {
    at: () => "/api/v1/merchant/products",
    statuses: [401, 401, 200, 401],
    byKey: true,
  },
  "POST /api/v1/merchant/variants/:id": {
    at: (f: Foreign) => `/api/v1/merchant/variants/${publicId("var", f.variant)}`,
    statuses: WITH_KEY,
    byKey: true,
    body: '{"version":1,"priceMinor":"1"}',
  },
  // Believed for its signature and not for who sends it.
  "GET /api/pay/:gateway/:accountId": "for anybody",
  "POST /api/pay/:gateway/:accountId": "for anybody",
  // Public
  "GET /api/media/:file": "for anybody",
  "GET /api/v1/products": "for anybody",
  "GET /api/v1/products/:slug/cards": "for anybody",
  "GET /api/v1/gateways": "for anybody",
  // What they speak of, the key itself says; nothing in them names anything.
  "GET /api/v1/quota": "for anybody",
  "POST /api/v1/quota/uses": "for anybody",
  "GET /api/v1/ledger": "for anybody",
  "GET /api/v1/ledger/blocks": "for anybody",
  "GET /livez": "for anybody",
  "GET /readyz": "for anybody",
  "GET /metrics": "for anybody",
  "GET /api/v1/openapi.json": "for anybody",
  "GET /api/docs": "for anybody",
};
