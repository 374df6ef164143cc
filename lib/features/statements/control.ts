import { decimalOf, ExactSum, scaled } from "./amounts";
import type { Figures } from "./rules";

const PLACES = 5;

/** Sums and counts under their names, exact to five places, as far as any gateway's fees go. */
export class Tally {
  readonly #sums = new Map<string, ExactSum>();
  readonly #counts = new Map<string, number>();

  count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** Nothing is added where the text is no decimal. `isBack`: taken off, whichever sign it is written with. */
  add(name: string, text: string, { isBack = false }: { readonly isBack?: boolean } = {}): void {
    const value = text === "" ? 0 : (scaled(text, PLACES) ?? 0);
    let sum = this.#sums.get(name);
    if (!sum) {
      sum = new ExactSum();
      this.#sums.set(name, sum);
    }
    sum.add(isBack ? -Math.abs(value) : value);
  }

  /** The figures under these names, as far as they are counts or sums at all; one that nothing was added to is 0. */
  figures(names: readonly string[]): Figures {
    return Object.fromEntries(
      names.map((name) => [
        name,
        name.endsWith("_count")
          ? String(this.#counts.get(name) ?? 0)
          : plain(decimalOf(this.#sums.get(name)?.value ?? 0n, PLACES)),
      ]),
    );
  }
}

/** Two places at least, and no zeros beyond them. */
const plain = (decimal: string): string => decimal.replace(/0{1,3}$/, "");

/** Whether two figures are the same number, however many zeros either ends with; a sign that only says "given back" is no difference. */
export function isSameFigure(left: string, right: string): boolean {
  const [a, b] = [scaled(left.replaceAll(",", ""), PLACES), scaled(right, PLACES)];
  return a !== null && b !== null && Math.abs(a) === Math.abs(b);
}

/** The name of the first stated figure that was counted otherwise, or null. */
export const firstDifference = (stated: Figures, counted: Figures): string | null =>
  Object.keys(stated).find((name) => counted[name] !== undefined && !isSameFigure(stated[name] ?? "", counted[name])) ??
  null;
