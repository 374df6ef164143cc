import type { Locale } from "@/lib/i18n/locale";

/** What every admin list is given: the language and its parsed query. */
export interface AdminListProps<Query> {
  readonly locale: Locale;
  readonly query: Query;
}
