import { notFound } from "next/navigation";
import { currentPageResponse } from "./page-response";

/**
 * The page being rendered is answered with 404, and is still rendered on the server, so that it can be read without
 * scripts. notFound() alone sends an empty document that scripts fill; it is what remains on a host without our server.
 */
export function answerNotFound(): void {
  const response = currentPageResponse();
  if (!response) notFound();
  if (!response.headersSent) response.statusCode = 404;
}
