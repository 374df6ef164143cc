import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { getEnv } from "@/lib/platform/env";
import { provideSingleton, singleton } from "@/lib/platform/singleton";
import { clientAddress } from "./client-address";

const HEADER = "x-kapu-peer";
const STAMP = "peer-stamp";
/** Known to the lane and to the pages behind it alone, so that no client can write the header itself. */
export const peerStamp = (): string => singleton(STAMP, () => randomBytes(16).toString("hex"));

/** Makes the stamp of the lane in front known to the process that serves its pages. */
export const providePeerStamp = (stamp: string): void => provideSingleton(STAMP, stamp);

/**
 * Pages and actions see headers and no connection: our own server notes who is at the other end before it hands a
 * request to them, over whatever the client wrote there.
 */
export function notePeer(request: IncomingMessage): void {
  request.headers[HEADER] = `${peerStamp()}|${request.socket.remoteAddress ?? ""}`;
}

const isStamp = (text: string): boolean =>
  text.length === peerStamp().length && timingSafeEqual(Buffer.from(text), Buffer.from(peerStamp()));

/**
 * The address of whoever sent a request with these headers, as it may be told to a gateway. On a host without our server nobody noted the peer; Next then
 * fills in `X-Forwarded-For` from the connection, and its nearest hop is the best there is.
 */
export function exactAddressOf(header: (name: string) => string | null, trustedProxies: readonly string[]): string {
  const [noted = "", peer = ""] = (header(HEADER) ?? "").split("|");
  const forwardedFor = header("x-forwarded-for") ?? undefined;
  if (isStamp(noted)) return clientAddress({ peer, forwardedFor }, trustedProxies);
  const hops = (forwardedFor ?? "").split(",").map((hop) => hop.trim());
  return clientAddress({ peer: hops.pop(), forwardedFor: hops.join(",") }, trustedProxies);
}

/** The same, for counting. */
export const addressOf = (header: (name: string) => string | null, trustedProxies: readonly string[]): string =>
  networkOf(exactAddressOf(header, trustedProxies));

/** An address as others may be told it, or undefined when it is none: nobody is told "unknown", nor the name of a network card. */
export const ipOf = (address: string): string | undefined =>
  isIP(address) !== 0 && !address.includes("%") ? address : undefined;

/** A household with IPv6 owns 2^64 addresses: they count as one. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address || "unknown";
  const [head = "", tail = ""] = address.toLowerCase().split("%")[0]!.split("::");
  const left = head ? head.split(":") : [];
  const right = tail ? tail.split(":") : [];
  const full = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
  return `${full
    .slice(0, 4)
    .map((part) => part.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}

export interface Client {
  /** A network address, for counting; never stored as it is. */
  readonly address: string;
  /** The address itself, for a gateway that asks where its payer is; undefined when nobody knows. */
  readonly ip: string | undefined;
  readonly userAgent: string;
}

/** Who sent the request that is being answered. */
export async function currentClient(): Promise<Client> {
  // Only here: our own server imports this file too, before Next has made the place where its headers live.
  const { headers } = await import("next/headers");
  const sent = await headers();
  const header = (name: string) => sent.get(name);
  const address = exactAddressOf(header, getEnv().trustedProxies);
  return { address: networkOf(address), ip: ipOf(address), userAgent: header("user-agent") ?? "" };
}
