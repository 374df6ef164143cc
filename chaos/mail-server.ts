import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * `hangs`: whoever calls hears nothing, ever. `refuses`: no letter is taken, for now. `lies`: a letter is taken, and nobody is told
 * so. `redirects`: it answers like a web server that sends the caller elsewhere.
 */
export const MOODS = ["hangs", "refuses", "lies", "redirects"] as const;
type Mood = (typeof MOODS)[number];

/** A mail server that keeps what it is given, and is not always what it should be. */
export class MailServer {
  /** Every letter that was taken, as it came. */
  readonly letters: string[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#converse(socket));
  #mood: Mood | null = null;
  #struck = 0;

  static async open(): Promise<MailServer> {
    const mail = new MailServer();
    mail.#server.listen(0, "127.0.0.1");
    await once(mail.#server, "listening");
    return mail;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** In this mood for a while; whether anybody called meanwhile. */
  async spoil(mood: Mood, ms: number): Promise<boolean> {
    this.#struck = 0;
    this.#mood = mood;
    await sleep(ms);
    this.#mood = null;
    return this.#struck > 0;
  }

  /** How many letters came under each `Message-ID`: a repeat has the same as its first. */
  countById(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const letter of this.letters) {
      const id = /^Message-ID:\s*<([^@>]+)@/im.exec(letter)?.[1] ?? "";
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** As much SMTP as it takes to be handed a letter. */
  #converse(socket: Socket): void {
    this.#sockets.add(socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket)));
    const mood = this.#mood;
    if (mood) this.#struck++;
    if (mood === "hangs") return;
    const say = (line: string) => socket.write(`${line}\r\n`);
    if (mood === "redirects") {
      say("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n");
      return void socket.end();
    }
    let letter: string[] | null = null;
    const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on("error", () => {}); // A client that was killed; its letter is not taken.
    lines.on("line", (line) => {
      if (letter && line !== ".") return void letter.push(line);
      if (letter) {
        this.letters.push(letter.join("\n"));
        letter = null;
        return mood === "lies" ? void socket.destroy() : say("250 ok");
      }
      if (!line.startsWith("DATA")) return say(line.startsWith("QUIT") ? "221 bye" : "250 ok");
      if (mood === "refuses") return say("451 later");
      letter = [];
      return say("354 go on");
    });
    say("220 chaos");
  }
}
