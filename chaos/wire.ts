/** What passes on a line to Postgres, as far as a fault wants to strike at it. Read from the bytes; the shop has no part in it. */
export type Label = "place" | "settle" | "commit";

/** Recognised by what they do, whoever sends them: the write of an order, of payments, and the end of a transaction. */
function labelOf(sql: string): Label | null {
  if (/\bINSERT INTO orders\b/i.test(sql)) return "place";
  if (/\bINSERT INTO payment\b[\s\S]*\bINSERT INTO payment_event\b/i.test(sql)) return "settle";
  return /^\s*COMMIT\b/i.test(sql) ? "commit" : null;
}

const textUpToZero = (bytes: Buffer, from: number): { text: string; next: number } => {
  const end = bytes.indexOf(0, from);
  return { text: bytes.toString("utf8", from, end), next: end + 1 };
};

/** The messages of one turn of a client, up to the point where it waits for the answer. */
export interface Turn {
  readonly bytes: Buffer;
  readonly label: Label | null;
}

/**
 * Cuts what a client sends into turns (protocol 3.0, "Message Formats" of the manual). Until the first typed message (start-up,
 * and the request for encryption) everything is passed on as it comes.
 */
export class ClientStream {
  #pending: Buffer = Buffer.alloc(0);
  #hasStarted = false;
  #turn: Buffer[] = [];
  #label: Label | null = null;
  readonly #prepared = new Map<string, Label | null>();

  push(bytes: Buffer): Turn[] {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const turns: Turn[] = [];
    for (let message = this.#take(); message; message = this.#take()) {
      this.#turn.push(message.bytes);
      this.#look(message.type, message.bytes);
      // Parse, Bind, Describe, Execute and Close wait for their Sync; everything else is a turn of its own.
      if ("PBDEC".includes(message.type) && message.type !== "") continue;
      turns.push({ bytes: Buffer.concat(this.#turn), label: this.#label });
      this.#turn = [];
      this.#label = null;
    }
    return turns;
  }

  #take(): { type: string; bytes: Buffer } | null {
    const head = this.#hasStarted ? 1 : 0;
    if (this.#pending.length < head + 4) return null;
    const length = head + this.#pending.readUInt32BE(head);
    if (this.#pending.length < length) return null;
    const bytes = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    const type = this.#hasStarted ? String.fromCharCode(bytes[0] as number) : "";
    // 80877103 asks for encryption, 80877104 too; the real start-up message follows them.
    if (!this.#hasStarted && bytes.readUInt32BE(4) >>> 16 === 3) this.#hasStarted = true;
    return { type, bytes };
  }

  #look(type: string, bytes: Buffer): void {
    if (type === "Q") this.#label = labelOf(textUpToZero(bytes, 5).text);
    if (type === "P") {
      const name = textUpToZero(bytes, 5);
      this.#prepared.set(name.text, labelOf(textUpToZero(bytes, name.next).text));
    }
    if (type === "B") {
      const portal = textUpToZero(bytes, 5);
      this.#label = this.#prepared.get(textUpToZero(bytes, portal.next).text) ?? null;
    }
  }
}

/** The parameters of the statement in a turn, as text; null for NULL, and none when nothing is bound. */
export function parametersOf(turn: Buffer): (string | null)[] {
  for (let at = 0; at + 5 <= turn.length; at += 1 + turn.readUInt32BE(at + 1)) {
    if (turn[at] !== 0x42) continue;
    let next = textUpToZero(turn, textUpToZero(turn, at + 5).next).next;
    next += 2 + 2 * turn.readUInt16BE(next); // Which parameters are binary; the shop's are text.
    const count = turn.readUInt16BE(next);
    next += 2;
    return Array.from({ length: count }, () => {
      const length = turn.readInt32BE(next);
      const text = length < 0 ? null : turn.toString("utf8", next + 4, next + 4 + length);
      next += 4 + Math.max(0, length);
      return text;
    });
  }
  return [];
}

/** Whether the answers so far end with ReadyForQuery: by then, a statement outside a transaction is committed. */
export function isAnswered(answer: Buffer): boolean {
  for (let at = 0; at + 5 <= answer.length; at += 1 + answer.readUInt32BE(at + 1)) {
    if (answer[at] === 0x5a && at + 6 <= answer.length) return true;
  }
  return false;
}

/** ErrorResponse and ReadyForQuery, as Postgres would send them for a statement that it refused. */
export function refusal(sqlState: string, message: string): Buffer {
  const fields = [`SERROR`, `VERROR`, `C${sqlState}`, `M${message}`].map((field) => `${field}\0`).join("");
  const body = Buffer.from(`${fields}\0`);
  const head = Buffer.alloc(5);
  head[0] = 0x45;
  head.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body, Buffer.from([0x5a, 0, 0, 0, 5, 0x49])]);
}
