import { fillOwedOrders } from "@/lib/flows/fill-owed-orders";
import type { Job } from "./job";

/** The net under publishing and releasing, which serve owed orders themselves. */
export const fillOwedOrdersJob: Job = {
  name: "fill-owed-orders",
  everySeconds: 15,
  timeoutSeconds: 120,
  run: ({ deps }) => fillOwedOrders(deps),
};
