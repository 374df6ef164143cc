import { isLoopback } from "./gateways/raw-http";

/** The app that a code is for, as far as the code or its gateway tells. */
export type Wallet = "alipay" | "wechat" | "qq" | "any";

/** How a buyer pays, with nothing in it that a page could be made to run. */
export type WayToPay =
  | { readonly kind: "redirect"; readonly url: string }
  /** Posted to `host` from a page of its own, which may send forms there and nowhere else. */
  | { readonly kind: "form"; readonly host: string }
  | { readonly kind: "qrcode"; readonly code: string; readonly wallet: Wallet; readonly url: string | null }
  | {
      readonly kind: "address";
      readonly address: string;
      readonly network: string;
      readonly amount: string;
      readonly coin: string;
      readonly url: string | null;
    }
  | {
      readonly kind: "transfer";
      readonly payee: string;
      readonly account: string;
      readonly bank: string | null;
      readonly reference: string;
      readonly note: string | null;
    }
  /** The gateway must be asked first. */
  | { readonly kind: "on_request" }
  /** Nothing that this shop can show. */
  | { readonly kind: "unsupported" };

/** What is frozen with an attempt or was answered by its gateway. */
interface Presented {
  readonly kind: string;
  readonly url?: string;
  readonly text?: string;
  readonly fields?: readonly (readonly [name: string, value: string])[];
  readonly network?: string;
  readonly payable?: string;
  readonly payableCurrency?: string;
  readonly payee?: string;
  readonly account?: string;
  readonly bank?: string;
  readonly reference?: string;
}

const UNSUPPORTED = { kind: "unsupported" } as const;
const URL_LETTERS_MAX = 8_192;
/** A QR code of the largest kind holds a little less. */
const CODE_LETTERS_MAX = 1_000;
/** What a phone hands to the wallet, and to nobody else. */
const WALLET_SCHEMES: ReadonlySet<string> = new Set(["alipays:", "alipay:", "weixin:", "wxp:", "mqqapi:"]);

/** An address to which a buyer may be sent: encrypted, or on this very machine. */
export function isWebAddress(text: string): boolean {
  if (text.length > URL_LETTERS_MAX || !URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username || url.password) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
}

const isOpenable = (text: string): boolean =>
  isWebAddress(text) ||
  (text.length <= URL_LETTERS_MAX && URL.canParse(text) && WALLET_SCHEMES.has(new URL(text).protocol));

/** Which app a code is for: by the code itself where it tells, else by the kind of its gateway. */
export function walletOf(code: string, gateway: string | null): Wallet {
  if (/^(weixin|wxp):\/\//i.test(code)) return "wechat";
  if (/^alipays?:\/\//i.test(code) || /^https:\/\/(qr|render|mobilecodec)\.alipay\.com\//i.test(code)) return "alipay";
  if (/^https:\/\/(i\.)?qianbao\.qq\.com\//i.test(code) || /^mqqapi:\/\//i.test(code)) return "qq";
  return gateway === "alipay" || gateway === "wechat" ? gateway : "any";
}

/**
 * What a buyer may be shown of a way to pay. The adapters have judged it already; it is judged once more here, because what a link
 * may lead to is the page's to answer for, whatever wrote the row.
 */
export function wayToPay(shown: Presented, gateway: string | null): WayToPay {
  switch (shown.kind) {
    case "on_request":
      return { kind: "on_request" };
    case "redirect":
      return isWebAddress(shown.url ?? "") ? { kind: "redirect", url: shown.url as string } : UNSUPPORTED;
    case "form":
      return isWebAddress(shown.url ?? "") ? { kind: "form", host: new URL(shown.url as string).host } : UNSUPPORTED;
    case "qrcode":
      return codeWay(shown, gateway);
    case "address":
      return addressWay(shown);
    case "transfer":
      return transferWay(shown);
    default:
      return UNSUPPORTED;
  }
}

function codeWay({ text = "", url = "" }: Presented, gateway: string | null): WayToPay {
  if (text === "" || text.length > CODE_LETTERS_MAX) return UNSUPPORTED;
  return { kind: "qrcode", code: text, wallet: walletOf(text, gateway), url: isOpenable(url) ? url : null };
}

function addressWay({ text, network, payable, payableCurrency, url = "" }: Presented): WayToPay {
  if (!text || !network || !payable || !payableCurrency || text.length > CODE_LETTERS_MAX) return UNSUPPORTED;
  const page = isWebAddress(url) ? url : null;
  return { kind: "address", address: text, network, amount: payable, coin: payableCurrency, url: page };
}

function transferWay({ payee, account, bank, reference, text }: Presented): WayToPay {
  if (!payee || !account || !reference) return UNSUPPORTED;
  return { kind: "transfer", payee, account, bank: bank || null, reference, note: text || null };
}
