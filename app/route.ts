import { negotiateLocale } from "@/lib/i18n/locale";

/** Sends a visitor without a language in the address to the one the browser asks for. */
export function GET(request: Request): Response {
  const locale = negotiateLocale(request.headers.get("accept-language"));
  const { search } = new URL(request.url);
  return new Response(null, {
    status: 307,
    headers: { location: `/${locale}${search}`, vary: "Accept-Language", "cache-control": "no-store" },
  });
}
