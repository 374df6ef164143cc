import { expireOrders } from "@/lib/flows/expire-orders";
import type { Job } from "./job";

/** Gives the cards of lapsed orders back; with the grace they are for sale again well within a minute. */
export const expireOrdersJob: Job = {
  name: "expire-orders",
  everySeconds: 5,
  timeoutSeconds: 120,
  run: ({ deps }) => expireOrders(deps),
};
