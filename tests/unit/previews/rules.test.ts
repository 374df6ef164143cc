import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPreviewCursor, parsePreviewCursor, readPreview, showsSecret } from "@/lib/features/previews/rules";

describe("what is public about a card", () => {
  test("a preview that holds the card's text shows it, however it is cased, spaced or dashed", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), fc.string(), (secret, before, after) => {
        expect(showsSecret(before + secret + after, secret)).toBe(true);
      }),
    );
    expect(showsSecret("code abcd 1f3g", "ABCD-1F3G")).toBe(true);
    expect(showsSecret("尾号 1F3G", "ABCD-1F3G")).toBe(false);
  });

  test("is trimmed, bounded, and of letters that an eye sees; its price an amount of the currency", () => {
    expect(readPreview({ preview: " 尾号 8888 ", extra: "5" }, "CNY")).toEqual({
      ok: true,
      value: { preview: "尾号 8888", extraMinor: 500n },
    });
    expect(readPreview({ preview: "", extra: "" }, "CNY")).toEqual({ ok: true, value: null });
    expect(readPreview({ preview: "好".repeat(80), extra: "" }, "CNY").ok).toBe(true);
    const unseen = ["\u0007", "\u00ad", "\u061c", "\u2028", "\u2029", "\u2060", "\u2066", "\ud800"];
    for (const preview of ["好".repeat(81), ...unseen.map((sign) => `a${sign}b`)])
      expect(readPreview({ preview, extra: "" }, "CNY")).toEqual({ ok: false, error: "preview_malformed" });
    for (const extra of ["1e2", "-1", "1.005", "¥5"])
      expect(readPreview({ preview: "x", extra }, "CNY")).toEqual({ ok: false, error: "extra_malformed" });
  });

  test("a cursor is read back as it was written, and nothing else is one", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 1_000_000_000_000n), fc.uuid(), (extraMinor, id) => {
        expect(parsePreviewCursor(formatPreviewCursor({ extraMinor, id }))).toEqual({ extraMinor, id });
      }),
    );
    for (const text of ["", "1", "01.0199f0c2a4b87c3e9d5f1a2b3c4d5e6f", "-1.0199f0c2a4b87c3e9d5f1a2b3c4d5e6f", "1.xyz"])
      expect(parsePreviewCursor(text)).toBeNull();
  });
});
