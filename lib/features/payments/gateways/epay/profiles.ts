import type { Pair } from "../port";

export const PROFILE_NAMES = ["rainbow", "linuxdo", "bepusdt", "gmwallet", "lunafir", "ezpay"] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

/**
 * What differs between two servers that both call themselves EPay; nothing else in the adapter asks which server it is. All of them take
 * the buyer by GET, and all of them stop at the word `success`, so neither is here.
 */
export interface EpayProfile {
  /** Behind the base address. */
  readonly submitPath: string;
  /** The only fields its signature covers; anything else that we send would break it. Absent: all of them. */
  readonly signedFields?: ReadonlySet<string>;
  /** What it wants beside the fields of the protocol. */
  readonly extraFields: readonly Pair[];
  /** Whether values are signed as they stand in an address (RFC 3986), not raw. */
  readonly signsEscaped: boolean;
  /** Whether the buyer must come with a way to pay; otherwise its own page lets him choose. */
  readonly needsType: boolean;
  /** What `type` always is there, whatever the buyer chose. */
  readonly onlyType?: string;
  readonly onlyPid?: string;
  /** Addresses of ours past this length are left out; it then uses those of its own settings. */
  readonly urlLettersMax?: number;
  /** How it tells us; the first is how a test notice goes. */
  readonly notifyVerbs: readonly ("GET" | "POST")[];
  /** How it knows who asks; `none`: it answers no question by our number. */
  readonly queryAuth: "key" | "sign" | "none";
  /** Where it tells of payment by a word instead of a number. */
  readonly paidWord?: string;
  /** HTTP statuses by which it says that there is no such payment. */
  readonly notFoundStatuses: readonly number[];
  /** The codes that claim a refund; never believed without a query. Empty: it gives nothing back. */
  readonly refundOk: readonly string[];
  /** What a query must say of a payment that was given back whole. */
  readonly refundedReads: "refunded" | "pending";
  /** Whether `act=orders` lists payments. */
  readonly listsOrders: boolean;
  /** Whether the second version, with RSA, is there. */
  readonly hasRsa: boolean;
}

const RAINBOW: EpayProfile = {
  submitPath: "/submit.php",
  extraFields: [],
  signsEscaped: false,
  needsType: false,
  notifyVerbs: ["GET", "POST"],
  queryAuth: "key",
  notFoundStatuses: [],
  refundOk: ["0", "1"],
  refundedReads: "refunded",
  listsOrders: true,
  hasRsa: true,
};

const LATER_KIN = { refundOk: [], listsOrders: false, hasRsa: false } as const;

/** One row per server, as its sources and its running copies showed it. */
export const EPAY_PROFILES: Readonly<Record<ProfileName, EpayProfile>> = {
  /** 彩虹易支付 and everything that copies it. */
  rainbow: RAINBOW,
  /** LINUX DO Credit: base address ends in /epay; pays in credits; a payment that was given back reads as not paid. */
  linuxdo: {
    ...RAINBOW,
    submitPath: "/pay/submit.php",
    signedFields: new Set(["pid", "type", "out_trade_no", "notify_url", "return_url", "name", "device", "money"]),
    needsType: true,
    onlyType: "epay",
    urlLettersMax: 100,
    notifyVerbs: ["GET"],
    notFoundStatuses: [404],
    refundOk: ["1"],
    refundedReads: "pending",
    listsOrders: false,
    hasRsa: false,
  },
  /** BEpusdt's EPay door: merchant number 1000, types like usdt.trc20, no api.php. */
  bepusdt: { ...RAINBOW, ...LATER_KIN, needsType: true, onlyPid: "1000", notifyVerbs: ["GET"], queryAuth: "none" },
  /** GMWallet's epusdt: the same door under a path of its own. */
  gmwallet: {
    ...RAINBOW,
    ...LATER_KIN,
    submitPath: "/payments/epay/v1/order/create-transaction/submit.php",
    notifyVerbs: ["GET"],
    queryAuth: "none",
  },
  /** LunaFirPay: tells by POST, and wants questions signed; the key itself is refused there. */
  lunafir: { ...RAINBOW, ...LATER_KIN, notifyVerbs: ["POST"], queryAuth: "sign" },
  /** EzPay: counts in dollars unless told otherwise, and signs values as an address holds them. */
  ezpay: {
    ...RAINBOW,
    ...LATER_KIN,
    extraFields: [["currency", "CNY"]],
    signsEscaped: true,
    needsType: true,
    notifyVerbs: ["GET"],
    paidWord: "TRADE_SUCCESS",
  },
};
