import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const BOT_TOKEN = "1234567890:AAEhBP0av28fVE2Ss_Tn4uKzpZkVxxxxxxx";

/** What the house does with the next messages: take them, or answer as Telegram does when it will not. */
export type BotMood =
  | "takes"
  | "too_many"
  | "no_such_bot"
  | "no_such_chat"
  | "kicked"
  | "broken"
  | "hangs_up"
  | "babbles";

const REFUSALS: Record<Exclude<BotMood, "takes" | "hangs_up" | "babbles">, [number, object]> = {
  too_many: [
    429,
    { ok: false, error_code: 429, description: "Too Many Requests: retry after 35", parameters: { retry_after: 35 } },
  ],
  no_such_bot: [401, { ok: false, error_code: 401, description: "Unauthorized" }],
  no_such_chat: [400, { ok: false, error_code: 400, description: "Bad Request: chat not found" }],
  kicked: [403, { ok: false, error_code: 403, description: "Forbidden: bot was kicked from the group chat" }],
  broken: [502, { ok: false, error_code: 502, description: "Bad Gateway" }],
};

export interface TelegramHouse {
  mood: BotMood;
  /** What bots have said, by chat. */
  readonly said: { readonly chat: string; readonly text: string }[];
  /** How often anybody knocked. */
  knocks: number;
  /** A `fetch` for which the house stands where Telegram does; every other address is unreachable. */
  readonly fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<{ chat_id: string; text: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function hear(house: TelegramHouse, request: IncomingMessage, response: ServerResponse): Promise<void> {
  house.knocks++;
  if (house.mood === "hangs_up") return void request.socket.destroy();
  const { chat_id: chat, text } = await bodyOf(request);
  if (request.method !== "POST" || request.url !== `/bot${BOT_TOKEN}/sendMessage`)
    return answer(response, 404, { ok: false, error_code: 404, description: "Not Found" });
  if (house.mood === "babbles") return void response.writeHead(200).end("x".repeat(1024 * 1024));
  if (house.mood !== "takes") return answer(response, ...REFUSALS[house.mood]);
  house.said.push({ chat, text });
  const message = { message_id: house.said.length, date: Math.floor(Date.now() / 1000), chat: { id: chat }, text };
  answer(response, 200, { ok: true, result: message });
}

/** The part of Telegram that a bot knows, on a free port of this machine. */
export async function openTelegramHouse(): Promise<TelegramHouse> {
  const server = createServer((request, response) => void hear(house, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const house: TelegramHouse = {
    mood: "takes",
    said: [],
    knocks: 0,
    fetch: (input, init) => {
      const url = String(input);
      if (!url.startsWith("https://api.telegram.org/")) return Promise.reject(new TypeError("fetch failed"));
      return globalThis.fetch(url.replace("https://api.telegram.org", own), init);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return house;
}
