import type { quotas as zh } from "../zh/quotas";

export const quotas = {
  form: {
    title: "Make keys that are spent use by use",
    lead: "The shop makes up random keys, each good for so many uses, and sells them like any card. A buyer's program spends them over the API: each use is counted once, and never one too many. A refund or a replacement ends a key at once.",
    docs: "How they are used",
    count: "Keys",
    uses: "Uses of each",
    range: "1 to {max}.",
    note: "Note",
    make: "Make and publish",
    making: "Making them",
    errors: {
      manual_kind: "This variant is delivered by hand; it takes no keys.",
      interrupted: "It was interrupted, and nothing was made. Please try again.",
    },
  },
  figures: {
    title: "Uses",
    keys: "Keys",
    begun: "Keys in use",
    used: "Uses spent",
    left: "Uses left",
  },
  buyer: {
    title: "Uses left",
    card: "Card {n}",
    left: "{left} of {max} left",
    how: "How to use it",
    howText:
      "The card is a key. Your own program spends it like this, with an Idempotency-Key of its own for each use; without an answer, ask again with the same one, and it is counted once.",
    keyHere: "YOUR-KEY",
    docs: "All about it in the API's documentation",
  },
} satisfies typeof zh;
