import { Webhook } from "standardwebhooks";
import type { Secret } from "@/lib/kernel/secret";

interface Message {
  readonly id: string;
  readonly at: Date;
  readonly body: string;
  /** One signature for each: a receiver who knows either of two is served while one follows the other. */
  readonly secrets: readonly Secret[];
}

/** The three headers of Standard Webhooks, by which a receiver knows that it was us, when, and whether it has it already. */
export const signWebhook = ({ id, at, body, secrets }: Message): Readonly<Record<string, string>> => ({
  "webhook-id": id,
  "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
  "webhook-signature": secrets.map((secret) => new Webhook(secret.reveal()).sign(id, at, body)).join(" "),
});
