import type { getMessages } from "@/lib/i18n";

/** What the pages of statements say, in one language. */
export type StatementWords = ReturnType<typeof getMessages>["statements"];
