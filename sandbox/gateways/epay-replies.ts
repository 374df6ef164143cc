import type { Fields } from "../signing";
import type { Reply } from "./loopback-server";

/** JSON under the name of HTML: so does the original. */
export const json = (value: unknown, status = 200): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8" },
  body: JSON.stringify(value),
});
export const page = (body: string, status = 200): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8" },
  body,
});
export const redirect = (location: string): Reply => ({ status: 302, headers: { location }, body: "" });
export const fieldsOf = (text: string): Fields => Object.fromEntries(new URLSearchParams(text));
