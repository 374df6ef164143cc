import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { addressOf, exactAddressOf, ipOf, networkOf, notePeer } from "@/lib/entry/peer";

function arriving(remoteAddress: string, headers: Record<string, string>) {
  const request = { headers: { ...headers }, socket: { remoteAddress } } as unknown as IncomingMessage;
  notePeer(request);
  return (name: string) => (request.headers[name] as string | undefined) ?? null;
}

describe("the address of a client", () => {
  test("is the connection's, whatever the client writes into the headers", () => {
    const header = arriving("198.51.100.4", { "x-forwarded-for": "1.2.3.4", "x-kapu-peer": "forged|9.9.9.9" });
    expect(addressOf(header, [])).toBe("198.51.100.4");
    expect(addressOf(header, ["10.0.0.0/8"])).toBe("198.51.100.4");
  });

  test("is what a trusted proxy saw, not what stands further away", () => {
    const header = arriving("::ffff:10.0.0.2", { "x-forwarded-for": "6.6.6.6, 198.51.100.4, 10.0.0.1" });
    expect(addressOf(header, ["10.0.0.0/8"])).toBe("198.51.100.4");
  });

  test("is told to a gateway whole, by the same rules, and only when it is one", () => {
    const header = arriving("2001:db8:1:2:3:4:5:6", { "x-forwarded-for": "1.2.3.4" });
    expect(addressOf(header, [])).toBe("2001:db8:1:2::/64");
    expect(ipOf(exactAddressOf(header, []))).toBe("2001:db8:1:2:3:4:5:6");
    expect(["", "unknown", "2001:db8::/64", "fe80::1%eth0", "1.2.3.4:80"].map(ipOf)).toEqual(Array(5).fill(undefined));
  });

  test("cannot be forged by guessing the note's form", () => {
    const header = (name: string) => (name === "x-kapu-peer" ? `${"0".repeat(32)}|9.9.9.9` : "198.51.100.4");
    expect(addressOf(header, [])).toBe("198.51.100.4");
  });

  test.each([
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["198.51.100.4", "198.51.100.4"],
    ["", "unknown"],
  ])("%s counts as %s", (address, network) => expect(networkOf(address)).toBe(network));
});
