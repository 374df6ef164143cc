import { clientAddress } from "@/lib/entry/client-address";
import { type DeviceKind, deviceKindOf } from "@/lib/entry/device-kind";
import { ipOf } from "@/lib/entry/peer";
import type { Deps } from "@/lib/platform/deps";
import { type ApiContext, header } from "./http";

/** The address of whoever sent the request; "" when nobody knows. */
export const addressOf = (c: ApiContext, deps: Deps): string =>
  clientAddress(
    { peer: c.env?.incoming?.socket?.remoteAddress, forwardedFor: header(c, "x-forwarded-for") },
    deps.env.trustedProxies,
  );

/** What a gateway may be told of whoever sent the request. */
export const payerOf = (c: ApiContext, deps: Deps): { clientIp: string | undefined; device: DeviceKind } => ({
  clientIp: ipOf(addressOf(c, deps)),
  device: deviceKindOf(header(c, "user-agent") ?? ""),
});
