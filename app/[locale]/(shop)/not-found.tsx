import { locale as rootLocale } from "next/root-params";
import { PageMissing } from "@/components/shop/page-missing";
import { toLocale } from "@/lib/i18n/locale";

/** Only on a host without our own server; there it needs scripts. Elsewhere pages render what is missing themselves. */
export default async function NotFound() {
  return <PageMissing locale={toLocale((await rootLocale()) ?? "")} />;
}
