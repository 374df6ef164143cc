import { limits } from "@/lib/kernel/limits";

/** Whether unix seconds, as a protocol wrote them into what it signed, are now or almost: five minutes either way. */
export const isSignedNow = (unixSeconds: string | undefined, now: number): boolean =>
  unixSeconds !== undefined &&
  /^\d{10}$/.test(unixSeconds) &&
  Math.abs(now - Number(unixSeconds) * 1000) <= limits.signedTimeSkewMs;
