import { createTransport, type Transporter } from "nodemailer";
import { limits } from "@/lib/kernel/limits";
import { type Deps, ofDeps } from "./deps";

export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Stable over retries, so that a mailbox can tell a repeat. */
  readonly messageId: string;
}

function transportOf(deps: Deps): Transporter {
  return ofDeps(deps, "mail.transport", () => {
    if (!deps.env.smtpUrl) throw new Error("KAPU_SMTP_URL is not set");
    return createTransport({
      url: deps.env.smtpUrl.reveal(),
      connectionTimeout: limits.gatewayTimeoutMs,
      greetingTimeout: limits.gatewayTimeoutMs,
      socketTimeout: limits.gatewayTimeoutMs * 2,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  });
}

/** Hands a letter to the mail server; resolves when it was taken, at least once. Throws what the server said. */
export async function sendLetter(deps: Deps, letter: Letter): Promise<void> {
  await transportOf(deps).sendMail({ from: deps.env.mailFrom ?? undefined, ...letter });
}

/** Null when the mail server answers and accepts our name and password; otherwise what it said. Sends nothing. */
export async function checkMailServer(deps: Deps): Promise<string | null> {
  try {
    await transportOf(deps).verify();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
