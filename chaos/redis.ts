import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { startRedis, type TestRedis } from "@/tests/support/redis";
import { Line } from "./line";

/** A real Redis behind a line, that dies, forgets, freezes and lies. */
export class RedisUnderTest {
  private constructor(
    private redis: TestRedis,
    private readonly line: Line,
  ) {}

  static async open(): Promise<RedisUnderTest> {
    const redis = await startRedis();
    return new RedisUnderTest(redis, await Line.open({ host: "127.0.0.1", port: redis.port, isPostgres: false }));
  }

  /** As the shop is given it. */
  get url(): string {
    return `redis://127.0.0.1:${this.line.port}`;
  }

  async dieFor(ms: number): Promise<boolean> {
    const { port } = this.redis;
    await this.redis.stop();
    await sleep(ms);
    this.redis = await startRedis({ port });
    return true;
  }

  flush(): Promise<boolean> {
    return this.#ask(async (client) => (await client.flushall()) === "OK");
  }

  async freezeFor(ms: number): Promise<boolean> {
    this.redis.signal("SIGSTOP");
    await sleep(ms);
    this.redis.signal("SIGCONT");
    return true;
  }

  async slowFor(ms: number): Promise<boolean> {
    await this.line.spoil("slow", ms, 200);
    return true;
  }

  /** Every figure becomes another: a number that is far too high, or something that is no number. */
  lie(): Promise<boolean> {
    return this.#ask(async (client) => {
      const keys = await client.keys("*");
      for (const [n, key] of keys.entries()) {
        if (n % 3 === 0) await client.set(key, "999999", "PX", 2_000);
        if (n % 3 === 1) await client.set(key, "forged", "PX", 2_000);
        if (n % 3 === 2) await client.multi().del(key).lpush(key, "forged").pexpire(key, 2_000).exec();
      }
      return keys.length > 0;
    });
  }

  /** Every figure becomes nought, for good: whoever believes it has nothing to sell. */
  sayNothingIsLeft(): Promise<void> {
    return this.#ask(async (client) => {
      for (const key of await client.keys("*")) await client.set(key, "0");
    });
  }

  /** Everything it holds, as text: no secret may be in it. */
  dump(): Promise<string> {
    return this.#ask(async (client) => {
      const keys = await client.keys("*");
      const values = await Promise.all(keys.map((key) => client.dump(key)));
      return JSON.stringify([keys, values]);
    });
  }

  async stop(): Promise<void> {
    await this.line.close();
    await this.redis.stop();
  }

  async #ask<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(this.redis.url);
    client.on("error", () => {});
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }
}
