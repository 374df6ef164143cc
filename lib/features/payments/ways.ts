/** Which account a buyer pays to. Pure: no clock, no chance, no I/O. */
import type { Currency } from "@/lib/kernel/money";
import type { GatewayKind } from "./gateways/port";

/** What a choice must know of an account. */
export interface Payee {
  readonly id: string;
  readonly kind: GatewayKind;
  readonly currency: Currency;
  readonly isActive: boolean;
  readonly gateway: { readonly methods: readonly string[] };
  readonly terms: AccountTerms;
}

/** What an account may take, and its share. */
export interface AccountTerms {
  /** Whose it is; null: the shop's own, for every merchant that has none. */
  readonly merchantId: string | null;
  /** Accounts with the same word share their buyers; null: it shares with nobody. */
  readonly way: string | null;
  readonly weight: number;
  readonly amountMinMinor: bigint | null;
  readonly amountMaxMinor: bigint | null;
  readonly dayMaxMinor: bigint | null;
  /** What it took today, as of a moment ago; known only where there is a limit for the day. */
  readonly paidTodayMinor: bigint;
  /** Unix milliseconds until which it is left alone, because it does not answer. */
  readonly restsUntil: number;
}

/** The terms of an account of which nobody said anything. */
export const PLAIN_TERMS: AccountTerms = {
  merchantId: null,
  way: null,
  weight: 10,
  amountMinMinor: null,
  amountMaxMinor: null,
  dayMaxMinor: null,
  paidTodayMinor: 0n,
  restsUntil: 0,
};

/** In a merchant's place where no merchant is meant: no account is its own, so that the shop's are. */
export const SHOP_ITSELF = "";

export interface Purchase {
  readonly merchantId: string;
  readonly currency: string;
  /** Absent where nobody knows it so far: then no limit shuts an account out. */
  readonly amountMinor?: bigint;
}

/** Equal for accounts that are one way to pay. */
const wayOf = ({ id, kind, currency, gateway, terms }: Payee): string =>
  terms.way === null
    ? `account ${id}`
    : JSON.stringify([terms.merchantId, kind, currency, terms.way, [...gateway.methods].sort()]);

/**
 * The accounts that a purchase may be paid to: the merchant's own when one of them is active in its currency, else the shop's.
 * Never another merchant's.
 */
function payeesOf<P extends Payee>(accounts: Iterable<P>, purchase: Purchase): P[] {
  const all = [...accounts];
  const owner = ownerOf(all, purchase);
  return all.filter((account) => isAble(account, purchase) && account.terms.merchantId === owner);
}

const isAble = ({ isActive, currency }: Payee, purchase: Purchase): boolean =>
  isActive && currency === purchase.currency;

/** Whose accounts take the money of a purchase: the merchant's, or null for the shop's. */
function ownerOf(accounts: Iterable<Payee>, purchase: Purchase): string | null {
  for (const account of accounts)
    if (account.terms.merchantId === purchase.merchantId && isAble(account, purchase)) return purchase.merchantId;
  return null;
}

/** Whether our own limits let an account take the amount. */
function mayTake({ terms }: Payee, { amountMinor }: Purchase): boolean {
  if (amountMinor === undefined) return true;
  const { amountMinMinor, amountMaxMinor, dayMaxMinor, paidTodayMinor } = terms;
  if (amountMinMinor !== null && amountMinor < amountMinMinor) return false;
  if (amountMaxMinor !== null && amountMinor > amountMaxMinor) return false;
  return dayMaxMinor === null || paidTodayMinor + amountMinor <= dayMaxMinor;
}

/** What a buyer may choose from: one account of each way to pay, the first by its id. Where the amount is known, only ways that can take it. */
export function waysToPay<P extends Payee>(accounts: Iterable<P>, purchase: Purchase): readonly P[] {
  const first = new Map<string, P>();
  for (const account of payeesOf(accounts, purchase)) {
    const way = wayOf(account);
    if (!first.has(way) && mayTake(account, purchase)) first.set(way, account);
  }
  return [...first.values()];
}

/** Whether two accounts are one way to pay: a buyer who has a payment open at one needs none at the other. */
export const isSameWay = (one: Payee, other: Payee): boolean => wayOf(one) === wayOf(other);

interface Choice extends Purchase {
  /** Unix milliseconds. */
  readonly now: number;
  /** From 0 up to and without 1. */
  readonly chance: number;
}

/**
 * The account that takes a payment of the way that the buyer named by one of its accounts, or null when none may. Those within their
 * limits share by weight; one that does not answer is left out while another does, and one of weight 0 while another has some.
 */
export function choosePayee<P extends Payee>(
  accounts: ReadonlyMap<string, P>,
  namedId: string,
  choice: Choice,
): P | null {
  const named = accounts.get(namedId);
  if (!named) return null;
  // By far the most accounts share with nobody, and every order comes by here: no list is made for them.
  if (named.terms.way === null) {
    const isPayee = isAble(named, choice) && named.terms.merchantId === ownerOf(accounts.values(), choice);
    return isPayee && mayTake(named, choice) ? named : null;
  }
  const way = wayOf(named);
  const able = payeesOf(accounts.values(), choice).filter(
    (account) => wayOf(account) === way && mayTake(account, choice),
  );
  const awake = able.filter(({ terms }) => terms.restsUntil <= choice.now);
  return pickByWeight(awake.length > 0 ? awake : able, choice.chance);
}

function pickByWeight<P extends Payee>(accounts: readonly P[], chance: number): P | null {
  const weighty = accounts.filter(({ terms }) => terms.weight > 0);
  if (weighty.length === 0) return accounts[Math.floor(chance * accounts.length)] ?? null;
  const total = weighty.reduce((sum, { terms }) => sum + terms.weight, 0);
  let left = chance * total;
  for (const account of weighty) {
    left -= account.terms.weight;
    if (left < 0) return account;
  }
  return weighty.at(-1) ?? null;
}
