import type { Told } from "@/tests/support/notice-front";

type Notice = Pick<Told, "method" | "path" | "headers" | "body">;

const isJson = ({ body }: Notice): boolean => body.startsWith("{");

/** Pairs behind the others, or before them, wherever this notice carries its fields. */
function withPair(notice: Notice, pair: string): Notice[] {
  if (notice.method === "GET") {
    const [path, query] = notice.path.split("?");
    return [`${query}&${pair}`, `${pair}&${query}`].map((fields) => ({ ...notice, path: `${path}?${fields}` }));
  }
  return [`${notice.body}&${pair}`, `${pair}&${notice.body}`].map((body) => ({ ...notice, body }));
}

/** A member in front of the others, and behind them. */
const withMember = (notice: Notice, member: string): Notice[] => [
  { ...notice, body: notice.body.replace("{", `{${member},`) },
  { ...notice, body: notice.body.replace(/\}$/, `,${member}}`) },
];

/** The notice with one field more: a repeated one, a list, one that would change an object's kind. */
export function withMore(notice: Notice): Notice[] {
  if (isJson(notice)) {
    const first = /"([^"]+)":/.exec(notice.body)?.[1] ?? "id";
    return [`"${first}":"0"`, '"status":2', '"__proto__":{"status":2}', '"extra":"1"'].flatMap((one) =>
      withMember(notice, one),
    );
  }
  return [
    "money=9&money=9",
    "total_amount=0.01&total_amount=9",
    "sign%5B%5D=x",
    "__proto__=x",
    "sign=0",
    "extra=1",
  ].flatMap((pair) => withPair(notice, pair));
}

/** What stands in the place of a true signature. */
const misspellings = (signature: string): string[] => [
  "",
  "0",
  "true",
  "null",
  "[]",
  signature.slice(1),
  `${signature}0`,
  signature === signature.toLowerCase() ? signature.toUpperCase() : signature.toLowerCase(),
  signature.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
];

const SIGNATURE_HEADERS = ["wechatpay-signature", "stripe-signature", "paypal-transmission-sig"];

/** The notice with its signature replaced by each thing that careless code takes for one. */
export function misspelt(notice: Notice): Notice[] {
  const header = SIGNATURE_HEADERS.find((name) => notice.headers[name] !== undefined);
  if (header) {
    const value = notice.headers[header] ?? "";
    // Stripe signs with each of its secrets and names the time beside them.
    const signature = /v1=([0-9a-f]+)/.exec(value)?.[1];
    const bent = (bad: string) => (signature === undefined ? bad : value.replace(/v1=[0-9a-f]+/g, `v1=${bad}`));
    return misspellings(signature ?? value).map((bad) => ({
      ...notice,
      headers: { ...notice.headers, [header]: bent(bad) },
    }));
  }
  if (isJson(notice)) {
    return [...notice.body.matchAll(/"signature":"([^"]*)"/gi)].flatMap(([whole = "", signature = ""]) =>
      misspellings(signature).map((bad) => ({
        ...notice,
        body: notice.body.replace(whole, whole.replace(signature, bad)),
      })),
    );
  }
  const bend = (fields: string): string[] => {
    const signature = /(?:^|&)sign=([^&]*)/.exec(fields)?.[1] ?? "";
    return misspellings(decodeURIComponent(signature.replaceAll("+", " "))).map((bad) =>
      fields.replace(`sign=${signature}`, `sign=${encodeURIComponent(bad)}`),
    );
  };
  if (notice.method !== "GET") return bend(notice.body).map((body) => ({ ...notice, body }));
  const [path, query = ""] = notice.path.split("?");
  return bend(query).map((fields) => ({ ...notice, path: `${path}?${fields}` }));
}
