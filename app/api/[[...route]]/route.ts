import { createApi } from "@/lib/api/app";
import { getDeps } from "@/lib/platform/deps";

export const dynamic = "force-dynamic";

/** The same API for hosts that run Next alone; our own server answers these addresses before Next sees them. */
const answer = (request: Request): Response | Promise<Response> => createApi(getDeps()).fetch(request);

export {
  answer as DELETE,
  answer as GET,
  answer as HEAD,
  answer as OPTIONS,
  answer as PATCH,
  answer as POST,
  answer as PUT,
};
