import { currentPageResponse } from "./page-response";

/** The page being rendered is answered with 429, and says in its own words when to come again. On a host without our server the words alone remain. */
export function answerRateLimited(): void {
  const response = currentPageResponse();
  if (!response || response.headersSent) return;
  response.statusCode = 429;
  response.setHeader("Retry-After", "60");
}
