import type { Locale } from "./locale";
import { errors as enErrors } from "./messages/en/errors";
import { shop as enShop } from "./messages/en/shop";
import { errors as zhErrors } from "./messages/zh/errors";
import { shop as zhShop } from "./messages/zh/shop";

const messages = {
  zh: { shop: zhShop, errors: zhErrors },
  en: { shop: enShop, errors: enErrors },
} as const;

/** Everything the shop says, in one language. Plain texts only, so any part may be handed to a client component. */
export const getMessages = (locale: Locale) => messages[locale];

export type ErrorCode = keyof typeof zhErrors;

/** The sentence for a refusal; a code without one gets the honest general sentence. */
export function errorSentence(code: string, locale: Locale): string {
  const { errors } = messages[locale];
  return Object.hasOwn(errors, code) ? errors[code as ErrorCode] : errors.unexpected;
}
