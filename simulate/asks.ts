import { drainOutbox } from "@/lib/flows/drain-outbox";
import { expireOrders } from "@/lib/flows/expire-orders";
import { fillOwedOrders } from "@/lib/flows/fill-owed-orders";
import { keepHolds } from "@/lib/flows/keep-holds";
import type { Ask, Book, CardFile } from "./book";
import { cancel, newClient, place, placeOtherWords, reveal } from "./buyer-asks";
import { type Command, USES } from "./commands";
import { importAgain, publish, release, restock, withdraw } from "./merchant-asks";
import { forge, pay, payWrong, query, reuse } from "./money-asks";
import { moveSome } from "./move-asks";
import { transfer } from "./pool-asks";
import { makeKeys, spend } from "./quota-asks";
import { dispute, driveAll, giveBack, payOnPaper } from "./refund-asks";
import { decide, report } from "./replace-asks";

const JOBS = { sweep: expireOrders, "serve owed": fillOwedOrders, "keep holds": keepHolds } as const;

/** What runs by itself. */
export function job(name: keyof typeof JOBS | "drain outbox"): Ask {
  return {
    kind: name,
    client: null,
    async run(deps) {
      const count = await (name === "drain outbox" ? drainOutbox(deps, async () => {}) : JOBS[name](deps));
      return { words: count > 0 ? "some" : "none" };
    },
  };
}

const pickFile = ({ files }: Book, n: number, isWanted: (file: CardFile) => boolean): CardFile | undefined => {
  const wanted = files.filter(isWanted);
  return wanted[n % Math.max(1, wanted.length)];
};

type OneAsk = Exclude<Command, { do: "place" | "give back" | "spend" | "transfer" | "move" | "decide" }>;

function askAboutOrder(book: Book, command: Extract<OneAsk, { order: number }>): Ask | null {
  const client = book.pickOrder(command.order);
  if (!client) return null;
  switch (command.do) {
    case "pay":
      return pay(book, client, command);
    case "pay wrong":
      return payWrong(book, client, command.how);
    case "reuse a trade": {
      const other = book.pickOrder(command.of);
      return other && reuse(book, client, other);
    }
    case "forge":
      return forge(book, client, command.how);
    case "query":
      return query(book, client, command.says);
    case "cancel":
      return cancel(book, client, command);
    case "release":
      return release(book, client, command);
    case "reveal":
      return reveal(book, client);
    case "pay on paper":
      return payOnPaper(book, client);
    case "dispute":
      return dispute(book, client, command);
    case "report":
      return report(book, client, command);
  }
}

/** What a command is, now that it is known what there is; nothing, when what it is about is not there. */
function askOf(book: Book, command: OneAsk): Ask | null {
  if ("order" in command) return askAboutOrder(book, command);
  switch (command.do) {
    case "ask again": {
      const client = book.clients[command.request % Math.max(1, book.clients.length)];
      if (!client) return null;
      if (!command.otherWords) return place(book, client);
      // Of a request that was refused the key is unused, and other words are a request like any other.
      return client.order ? placeOtherWords(book, client) : null;
    }
    case "restock":
      return command.publish && USES[command.variant] ? makeKeys(book, command) : restock(book, command);
    case "withdraw":
      return withdraw(book, command);
    case "import again": {
      const file = pickFile(book, command.file, ({ state }) => state !== "unknown");
      return file ? importAgain(book, file) : null;
    }
    case "publish": {
      const file = pickFile(book, command.file, ({ state, batchId }) => state === "draft" && batchId !== null);
      return file ? publish(book, file) : null;
    }
    case "drive refunds":
      return driveAll(book, command.mood);
    default:
      return job(command.do);
  }
}

/** The asks of a command, one per process that is asked. */
export function asksOf(book: Book, command: Command): Ask[] {
  if (command.do === "place") {
    const ask = place(book, newClient(book, command));
    return command.twice ? [ask, ask] : [ask];
  }
  if (command.do === "give back") {
    const client = book.pickOrder(command.order);
    return client ? giveBack(book, client, command) : [];
  }
  if (command.do === "decide") return decide(book, command);
  if (command.do === "move") return moveSome(book, command);
  if (command.do === "transfer") return transfer(book, command);
  if (command.do === "spend") return spend(book, command);
  const ask = askOf(book, command);
  return ask ? [ask] : [];
}
