import { z } from "zod";
import { WEBHOOK_KINDS } from "./rules";

const code = (message: string) => ({ message });
const several = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => (value === undefined ? [] : typeof value === "string" ? [value] : value));

export const EndpointForm = z.object({
  url: z.string().trim().min(1, code("required")).max(500, code("too_long")),
  kinds: several.pipe(z.array(z.enum(WEBHOOK_KINDS)).min(1, code("required"))),
});
export type EndpointForm = z.output<typeof EndpointForm>;

export const EndpointIdForm = z.object({ endpointId: z.uuid() });
/** What it is to be: said by the button that was shown, so that two who press the same one want the same. */
export const SwitchEndpointForm = EndpointIdForm.extend({ status: z.enum(["active", "disabled"]) });
export const DeliveryIdForm = z.object({ deliveryId: z.uuid() });

export const DELIVERY_STATES = ["waiting", "delivered", "failed"] as const;
export const DeliveryListQuery = z.object({
  state: z.enum(DELIVERY_STATES).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(200).catch(1),
});
export type DeliveryListQuery = z.output<typeof DeliveryListQuery>;
