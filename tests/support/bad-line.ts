import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import type { DatabaseUrls } from "@/lib/platform/database-urls";

/** How the line between the shop and its database behaves. */
export type Weather =
  /** Bytes pass. */
  | "clear"
  /** What the database answers is lost and the connection reset: the statement ran, and nobody heard so. */
  | "replies eaten"
  /** The database ends a connection with the very bytes that say that it is ready. */
  | "cut when ready"
  /** Nobody answers the phone. */
  | "down"
  /** Bytes vanish and nothing is ever closed. */
  | "black hole";

/** A TCP line in front of a real Postgres that a test can spoil and mend. */
export interface BadLine {
  /** The same database, over this line. */
  readonly urls: DatabaseUrls;
  weather: Weather;
  /** How many answers were eaten. */
  readonly eaten: number;
  /** Cuts every connection that is open now. */
  cut(): void;
  stop(): Promise<void>;
}

const READY = Buffer.from("Z\0\0\0\u0005I", "latin1");
/** What Postgres says to a connection that an administrator terminates. */
const FAREWELL = ((fields: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return Buffer.concat([Buffer.from("E"), length, fields]);
})(Buffer.from("SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"));

/** Opens a line to the database that `urls` name. */
export async function openBadLine(urls: DatabaseUrls): Promise<BadLine> {
  const target = new URL(urls.app);
  const sockets = new Set<Socket>();
  const line = { weather: "clear" as Weather, eaten: 0 };
  const keep = (socket: Socket) => {
    sockets.add(socket.on("error", () => {}).on("close", () => sockets.delete(socket)));
    return socket;
  };
  const server = createServer((client) => {
    keep(client);
    if (line.weather === "down") return void client.resetAndDestroy();
    const database = keep(dial(Number(target.port), target.hostname));
    client.on("data", (bytes) => line.weather !== "black hole" && database.write(bytes));
    database.on("data", (bytes) => {
      if (line.weather === "clear") return void client.write(bytes);
      if (line.weather === "black hole") return;
      if (line.weather === "cut when ready") {
        if (!bytes.includes(READY)) return void client.write(bytes);
        line.eaten++;
        client.end(Buffer.concat([bytes, FAREWELL]));
        return void database.destroy();
      }
      line.eaten++;
      client.resetAndDestroy();
      database.destroy();
    });
    client.on("close", () => database.end());
    database.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bent = new URL(target);
  bent.port = String((server.address() as AddressInfo).port);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return Object.assign(line, {
    urls: { ...urls, app: bent.href },
    cut,
    stop: async () => {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

/** Changes a line's weather every few milliseconds, and now and then cuts what is open; the answer ends that, under a clear sky. */
export function spoil(line: BadLine, weathers: readonly Weather[]): () => Promise<void> {
  let isOver = false;
  const spoiling = (async () => {
    for (let n = 0; !isOver; n++) {
      line.weather = weathers[n % weathers.length] as Weather;
      if (n % 5 === 0) line.cut();
      await new Promise((wake) => setTimeout(wake, 20));
    }
  })();
  return async () => {
    isOver = true;
    await spoiling;
    line.weather = "clear";
  };
}
