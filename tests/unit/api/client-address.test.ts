import { expect, test } from "vitest";
import { clientAddress } from "@/lib/entry/client-address";

test.each([
  ["no proxy is trusted: what the client claims is not read", "203.0.113.9", "1.2.3.4", [], "203.0.113.9"],
  ["the trusted proxy's word is taken", "10.0.0.2", "203.0.113.9", ["10.0.0.0/8"], "203.0.113.9"],
  [
    "a claim in front of the proxy's word is not reached",
    "10.0.0.2",
    "1.2.3.4, 203.0.113.9",
    ["10.0.0.0/8"],
    "203.0.113.9",
  ],
  ["two trusted proxies in a row", "10.0.0.2", "203.0.113.9, 10.0.0.7", ["10.0.0.0/8"], "203.0.113.9"],
  ["a mapped address is the address", "::ffff:10.0.0.2", "203.0.113.9", ["10.0.0.2"], "203.0.113.9"],
  ["version 6", "fd00::1", "2001:db8::9", ["fd00::/8"], "2001:db8::9"],
  ["rubbish from a trusted proxy names the proxy", "10.0.0.2", "unknown", ["10.0.0.0/8"], "10.0.0.2"],
  ["a trusted proxy that says nothing", "10.0.0.2", undefined, ["10.0.0.0/8"], "10.0.0.2"],
  ["no peer at all", undefined, undefined, ["10.0.0.0/8"], ""],
])("%s", (_, peer, forwardedFor, trusted, expected) => {
  expect(clientAddress({ peer, forwardedFor }, trusted)).toBe(expected);
});
