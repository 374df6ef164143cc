import { createHmac } from "node:crypto";
import { BlockList, isIP } from "node:net";
import type { Keys } from "@/lib/platform/crypto";

export interface AddressSources {
  /** Who is at the other end of the connection. */
  readonly peer: string | undefined;
  /** What `X-Forwarded-For` says; believed only from a trusted proxy. */
  readonly forwardedFor: string | undefined;
}

const lists = new Map<string, BlockList>();

/** The networks as a list that can be asked; the configuration does not change while the process runs. */
function listOf(networks: readonly string[]): BlockList {
  const name = networks.join(",");
  const known = lists.get(name);
  if (known) return known;
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  lists.set(name, list);
  return list;
}

const plain = (address: string): string => address.trim().replace(/^::ffff:(?=\d+\.)/i, "");

/**
 * The address of whoever sent the request: the nearest hop that is not a trusted proxy. Whatever a client writes into
 * `X-Forwarded-For` itself stands further away than that and is never reached.
 */
export function clientAddress({ peer, forwardedFor }: AddressSources, trustedProxies: readonly string[]): string {
  const trusted = listOf(trustedProxies);
  const hops = [...(forwardedFor ?? "").split(",").map(plain).filter(Boolean), plain(peer ?? "")];
  let address = hops.pop() ?? "";
  while (hops.length > 0 && isTrusted(trusted, address)) {
    const next = hops.pop() ?? "";
    if (isIP(next) === 0) break;
    address = next;
  }
  return address;
}

function isTrusted(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
}

/** An address for the record: it can be compared with another of this shop, and not read back without the shop's secret. */
export const hashAddress = (keys: Pick<Keys, "requestHash">, address: string): Buffer =>
  createHmac("sha256", keys.requestHash).update(`address|${address}`).digest();
