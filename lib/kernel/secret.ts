const BRAND = Symbol.for("kapu.secret");
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/**
 * A text that no log, JSON, template or inspector ever prints: each of them sees `[secret]`. The text comes out only
 * by `reveal()`, which the reveal module, the import and the signing of gateways call.
 * The brand is a registered symbol, because Next bundles a second copy of this class.
 */
export class Secret {
  static readonly [BRAND] = true;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [Symbol.toPrimitive](): string {
    return "[secret]";
  }

  [INSPECT](): string {
    return "[secret]";
  }
}
