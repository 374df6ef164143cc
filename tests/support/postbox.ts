import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** A mail server that takes every letter and keeps it. */
export interface Postbox {
  readonly url: string;
  readonly letters: string[];
  /** How many letters it will turn away, for now, before it takes the next. */
  refusals: number;
  close(): Promise<void>;
}

/** Opens one on a free port. */
export async function openPostbox(): Promise<Postbox> {
  const server = createServer((socket) => converse(socket, postbox));
  const postbox: Postbox = {
    url: "",
    letters: [],
    refusals: 0,
    close: async () => {
      server.close();
    },
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(postbox, { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** A letter's text, whichever way it was encoded. */
export function textOf(letter: string): string {
  const [head = "", ...body] = letter.split("\n\n");
  const text = body.join("\n\n");
  if (/base64/i.test(head)) return Buffer.from(text, "base64").toString("utf8");
  const bytes = text
    .replace(/=\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return /quoted-printable/i.test(head) ? Buffer.from(bytes, "latin1").toString("utf8") : bytes;
}

/** As much SMTP as a client needs to hand over letters. */
function converse(socket: Socket, postbox: Postbox): void {
  let letter: string[] | null = null;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const hear = (line: string) => {
    if (letter && line !== ".") return void letter.push(line);
    if (letter) {
      postbox.letters.push(`${letter.join("\n")}\n`);
      letter = null;
      return say("250 ok");
    }
    if (!line.startsWith("DATA")) return say(line.startsWith("QUIT") ? "221 bye" : "250 ok");
    if (postbox.refusals > 0) {
      postbox.refusals--;
      return say("451 later");
    }
    letter = [];
    return say("354 go on");
  };
  socket.on("error", () => {});
  createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY }).on("line", hear);
  say("220 test");
}
