/** What the order form shows and hears: plain texts, so that it also survives a round trip without scripts. */
export interface BuyValues {
  readonly variantId: string;
  readonly quantity: string;
  readonly email: string;
  readonly password: string;
  readonly gateway: string;
  /** The card that was chosen, and what it cost extra on the page; empty where none was. */
  readonly card: string;
  readonly cardExtra: string;
  /** What was written into the merchant's form, by the keys of its fields. */
  readonly answers: Readonly<Record<string, string>>;
}

/** What a field of the merchant's form is called among the others. */
export const ANSWER_PREFIX = "answer.";

export const BUY_FIELDS = ["variantId", "quantity", "email", "password", "gateway"] as const satisfies Exclude<
  keyof BuyValues,
  "answers" | "card" | "cardExtra"
>[];
export type BuyField = (typeof BUY_FIELDS)[number];

export interface BuyState {
  readonly code?: string;
  readonly fields?: Partial<Record<BuyField, true>>;
  /** What was sent, so that nothing typed is lost. */
  readonly values?: BuyValues;
  /** Minted by the server for a form that came without one: it must be confirmed once, then it cannot order twice. */
  readonly requestKey?: string;
  readonly confirmTotal?: string;
  /** What the chosen card costs extra by now, where that has changed. */
  readonly extraMinor?: string;
  /** Where to go, for a form that goes by itself. */
  readonly href?: string;
}

/** An option as the form needs it; amounts as texts of minor units. */
export interface BuyVariant {
  readonly id: string;
  readonly title: string;
  readonly priceMinor: string;
  readonly currency: string;
  /** Cannot be bought now: sold out, or, with a word for it, outside its window. */
  readonly isSoldOut: boolean;
  readonly closed: string;
  readonly isLow: boolean;
  readonly quantityMin: number;
  readonly quantityMax: number;
  readonly tiers: readonly { readonly quantityMin: number; readonly unitPriceMinor: string }[];
  /** When it is delivered, where that is not at once. */
  readonly promise: string;
  readonly fields: readonly { readonly key: string; readonly label: string; readonly isRequired: boolean }[];
}

/** The one card that the form is for. */
export interface BuyChosen {
  readonly id: string;
  readonly preview: string;
  /** Somebody else has it; then the form is for nothing until another one is chosen. */
  readonly isTaken: boolean;
  readonly extraMinor: string;
  /** One piece of its variant, without what the card costs extra. */
  readonly baseMinor: string;
  readonly listHref: string;
  readonly productHref: string;
}

export interface BuyGateway {
  readonly id: string;
  readonly title: string;
  readonly currency: string;
}
