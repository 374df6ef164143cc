import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { afterAnswer, afterSilence, FRESH, isSilence, type Patience } from "@/lib/features/payments/gateway-rest";
import { limits } from "@/lib/kernel/limits";

/** Silences one after the other, each at the moment it is allowed. */
function afterSilences(count: number, from: Patience = FRESH): { patience: Patience; now: number } {
  let patience = from;
  let now = 0;
  for (let n = 0; n < count; n++) {
    now = Math.max(now, patience.restsUntil);
    patience = afterSilence(patience, now);
  }
  return { patience, now };
}

describe("an account that is silent is left alone, and never for too long", () => {
  test("a few silences are nothing, a row of them is a rest", () => {
    expect(afterSilences(limits.gatewaySilencesMax - 1).patience).toMatchObject({ rests: 0, restsUntil: 0 });
    expect(afterSilences(limits.gatewaySilencesMax).patience).toMatchObject({
      rests: 1,
      restsUntil: limits.gatewayRestMs,
    });
  });

  test("after its rest a single silence is a longer one, up to the bound that a lost payment allows", () => {
    let before = 0;
    for (let rests = 1; rests < 12; rests++) {
      const { patience, now } = afterSilences(limits.gatewaySilencesMax + rests - 1);
      const ms = patience.restsUntil - now;
      expect(patience.rests).toBe(rests);
      expect(ms).toBe(Math.min(limits.gatewayRestMsMax, Math.max(limits.gatewayRestMs, before * 2)));
      before = ms;
    }
    expect(limits.gatewayRestMsMax + limits.gatewayTimeoutMs * 2).toBeLessThan(120_000);
  });

  test("one answer makes up for everything; questions that were on their way when the rest began add nothing", () => {
    const { patience, now } = afterSilences(limits.gatewaySilencesMax);
    const late = afterSilence(patience, now);
    expect(late).toMatchObject({ rests: 1, restsUntil: patience.restsUntil });
    expect(afterAnswer()).toEqual(FRESH);
  });

  test("no history makes it rest longer than the bound", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(100_000)), { maxLength: 200 }), (steps) => {
        let patience = FRESH;
        let now = 0;
        for (const [isSilent, pause] of steps) {
          now += pause;
          patience = isSilent ? afterSilence(patience, now) : afterAnswer();
          expect(patience.restsUntil - now).toBeLessThanOrEqual(limits.gatewayRestMsMax);
        }
      }),
    );
  });

  test("what is said of one payment is no silence of the account", () => {
    expect(isSilence("timed_out")).toBe(true);
    expect(isSilence("credentials_refused")).toBe(true);
    expect(isSilence("held")).toBe(false);
    expect(isSilence("bad_amount")).toBe(false);
  });
});
