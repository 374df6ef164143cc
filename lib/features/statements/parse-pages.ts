import type { PageContext, PageReader } from "./page-row";
import { epayPages } from "./parse-epay";
import { paypalPages } from "./parse-paypal";
import { stripePages } from "./parse-stripe";
import type { PageFormat, Taken } from "./rules";

const READERS: Readonly<Record<PageFormat, PageReader>> = {
  stripe_pages: stripePages,
  paypal_pages: paypalPages,
  epay_pages: epayPages,
};

/** Reads one page of a list as the gateway wrote it; null when it is no such page. Pure, and each row is taken or told why not. */
export function readPage(format: PageFormat, text: string, context: PageContext): readonly Taken[] | null {
  const page = parseJson(text);
  const rows = READERS[format].rows(page);
  return rows?.map((row, at) => READERS[format].row(row, { ...context, line: context.line + at })) ?? null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
