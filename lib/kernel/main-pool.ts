/** The stock pool that every merchant begins with, as it is stored. */
export const MAIN_POOL = { slug: "main", name: "Main" } as const;
