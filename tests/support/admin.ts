/** The admin of the shop that the browser journeys run against. */
export const ADMIN = { email: "admin@example.com", password: "correct horse battery staple" } as const;
