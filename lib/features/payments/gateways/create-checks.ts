import { type Currency, parseDecimal, toDecimal } from "@/lib/kernel/money";
import { assertOwnFields } from "./own-fields";
import type { CreateInput, CreateRefusal } from "./port";

/**
 * Why an account cannot take a payment, or null. What only we can have got wrong (our number, our addresses) throws.
 * A gateway that takes payments in another currency or by other methods than the order's is refused before it is asked.
 */
export function whyNotPayable(
  input: CreateInput,
  account: { readonly currency: Currency; readonly methods: readonly string[] },
): CreateRefusal | null {
  assertOwnFields(input);
  if (input.amount.currency !== account.currency) return "currency_unsupported";
  // Past eight digits the amount would not survive the way back through our own grammar.
  const isReadable = parseDecimal(toDecimal(input.amount), account.currency).ok;
  if (input.amount.amountMinor <= 0n || !isReadable) return "amount_out_of_range";
  if (input.method !== undefined && !account.methods.includes(input.method)) return "method_unsupported";
  return null;
}
