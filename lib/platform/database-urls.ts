import { getEnv } from "./env";
import { provideSingleton, singleton } from "./singleton";

/**
 * How each part of the shop connects: migrations as `owner`, the application as `app` (cannot change history or read a
 * ciphertext), the audit as `audit` (reads only). The three are the same address where the database gave us no right to
 * make roles; `hasRoles` says which. These are passwords: never log them.
 */
export interface DatabaseUrls {
  readonly owner: string;
  readonly app: string;
  readonly audit: string;
  readonly hasRoles: boolean;
}

const NAME = "database-urls";

/** One address for everything, as a host without a launcher has it. */
export const singleRoleUrls = (url: string): DatabaseUrls => ({ owner: url, app: url, audit: url, hasRoles: false });

/** Tells the whole process where its database is; called once by whatever started the database. */
export const provideDatabaseUrls = (urls: DatabaseUrls): void => provideSingleton(NAME, urls);

/** Where the database is: what the launcher provided, or else `DATABASE_URL` as it stands. */
export function databaseUrls(): DatabaseUrls {
  return singleton(NAME, () => {
    const url = getEnv().databaseUrl;
    if (!url) throw new Error("No database: set DATABASE_URL, or start the shop with `npm start`.");
    return singleRoleUrls(url.reveal());
  });
}
