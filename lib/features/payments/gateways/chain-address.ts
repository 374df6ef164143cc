/** What a buyer must send where. The letters go to a wallet as they are, so each is held to its grammar. */

const TRON = /^T[1-9A-HJ-NP-Za-km-z]{33}$/;
const EVM = /^0x[0-9a-fA-F]{40}$/;
const ANY_CHAIN = /^[A-Za-z0-9:_-]{20,128}$/;

const TRON_NAMES = new Set(["tron", "trc20"]);
const EVM_NAMES = new Set([
  ...["ethereum", "eth", "erc20", "bsc", "bnb", "bep20", "polygon", "arbitrum", "base"],
  ...["xlayer", "plasma", "optimism"],
]);

/** Whether a text can be an address of that chain; for a chain we do not know, of any. */
export function isChainAddress(text: string, network: string): boolean {
  const name = network.toLowerCase();
  if (TRON_NAMES.has(name)) return TRON.test(text);
  if (EVM_NAMES.has(name)) return EVM.test(text);
  return ANY_CHAIN.test(text);
}

/** An amount of coin, more than nothing: plain digits, at most the 18 places of the finest coin; never an exponent. */
export const isCoinAmount = (text: string): boolean =>
  /^(0|[1-9][0-9]{0,11})(\.[0-9]{1,18})?$/.test(text) && /[1-9]/.test(text);
