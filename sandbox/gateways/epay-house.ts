import type { KeyObject } from "node:crypto";
import type { EpayDesk, EpayTrade } from "./epay-desk";

export type EpayDialect = "rainbow" | "linuxdo" | "lunafir";

export interface EpayFakeOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly dialect?: EpayDialect;
  readonly pid: string;
  /** The first version's key. */
  readonly key: string;
  /** The second version's: what requests are held against, and what this server signs with. With it, notices are signed by RSA. */
  readonly rsa?: { readonly merchantPublic: KeyObject; readonly platformPrivate: KeyObject };
  /** How a refund that was made is told by the first version; builds differ. */
  readonly refundCode?: 0 | 1;
  /** Whether the channel behind the server can close a payment; most cannot. */
  readonly canClose?: boolean;
  readonly speed?: number;
  readonly now?: () => number;
  readonly mayCallAnyHost?: boolean;
}

/** What the server does instead of answering a question of the shop. */
export type EpayMischief =
  | "none"
  | "html"
  | "empty_500"
  | "hang"
  | "unsigned"
  | "edited"
  | "stale"
  | "other_order"
  /** Does it, and the answer is lost. */
  | "lost_answer"
  /** The channel behind it answers garbage: it claims a refund and moves nothing. */
  | "claims_refunds"
  /** Its channel times out: it says "退款失败", though the money went. */
  | "fails_refunds_that_went";

/** What both versions of the protocol share of one server. */
export interface EpayHouse {
  readonly desk: EpayDesk;
  readonly options: EpayFakeOptions;
  readonly mischief: EpayMischief;
  readonly beforePage: (offset: number) => void;
  readonly cashierUrl: (trade: EpayTrade) => string;
  shanghaiNow(): string;
}
