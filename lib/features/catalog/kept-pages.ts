import { type Deps, ofDeps } from "@/lib/platform/deps";

/** The pages that this process answers without rendering them. */
export interface KeptPages {
  /** The versions under which it would answer pages now, and how many it would; null while it knows none. */
  standing(): Promise<{ readonly versions: string; readonly count: number } | null>;
  /** Forgets every page, and under which versions it keeps them: each is rendered anew when somebody asks for it. */
  drop(): void;
}

interface Held {
  pages: KeptPages | null;
}
const heldBy = (deps: Deps): Held => ofDeps<Held>(deps, "catalog.kept-pages", () => ({ pages: null }));

/** Says that this process keeps pages; its server does when it opens. */
export function holdPages(deps: Deps, pages: KeptPages): void {
  heldBy(deps).pages = pages;
}

/** The pages of this process, or null: it has none, or has not opened yet. */
export const keptPages = (deps: Deps): KeptPages | null => heldBy(deps).pages;
