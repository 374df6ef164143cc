import { CardPage, CardsQuery } from "../card-schema";
import { GatewayList, GatewaysQuery, ProductPage, ProductsQuery } from "../schema";
import { inPath, type Operation } from "./operation";

/** What is on show, and how it may be paid for. */
export const catalogueOperations: readonly Operation[] = [
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
    parameters: [inPath("slug", "The product's slug.", "^[a-z0-9][a-z0-9-]{0,62}$")],
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
    parameters: [inPath("file", "The picture's name.", "^[0-9a-f]{32}(-480)?\\.webp$")],
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
];
