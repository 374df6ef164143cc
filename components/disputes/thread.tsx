import clsx from "clsx";
import type { ThreadMessage } from "@/lib/features/disputes/queries";
import { getMessages } from "@/lib/i18n";
import { fill, formatMinor, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";

interface ThreadProps {
  messages: readonly ThreadMessage[];
  locale: Locale;
  /** The buyer reads his own words as his, and nothing of what the back office tried in vain. */
  isBuyer?: boolean;
}

/** What was said and done, in its order. Words are shown as words, whatever stands in them. */
export function Thread({ messages, locale, isBuyer = false }: Readonly<ThreadProps>) {
  const shown = isBuyer ? messages.filter(({ kind }) => kind !== "not_done") : messages;
  return (
    <ol className="space-y-3" aria-label={getMessages(locale).disputes.page.thread}>
      {shown.map((message, index) => (
        <li key={message.id.toString()} id={index === shown.length - 1 ? "latest" : undefined}>
          <Entry message={message} locale={locale} isBuyer={isBuyer} />
        </li>
      ))}
    </ol>
  );
}

function Entry({ message, locale, isBuyer }: Readonly<{ message: ThreadMessage; locale: Locale; isBuyer: boolean }>) {
  const t = getMessages(locale).disputes;
  const by = (isBuyer ? t.buyer.by : t.by)[message.by];
  const isWord = message.kind === "opened" || message.kind === "answer" || message.kind === "reopened";
  const said = sayingOf(message, locale);
  return (
    <div
      className={clsx(
        "rounded-md border px-4 py-3 text-sm",
        isWord && message.by === "buyer" ? "bg-sunken" : isWord ? "bg-surface" : "border-dashed",
        message.kind === "decided" && "border-solid border-ink",
      )}
    >
      <p className="flex flex-wrap items-baseline justify-between gap-x-3 gap-y-0.5 text-xs text-faint">
        <span>
          <span className="font-semibold text-ink">{by}</span>
          {message.email ? <span className="ml-1.5">{message.email}</span> : null}
        </span>
        <time dateTime={message.at.toISOString()} className="figures">
          {formatStamp(message.at, locale)}
        </time>
      </p>
      {said ? <p className="mt-1 font-medium">{said}</p> : null}
      {message.body ? <p className="mt-1 whitespace-pre-wrap wrap-anywhere">{message.body}</p> : null}
    </div>
  );
}

/** The event in a word; a message speaks for itself, and one without words came with pictures. */
function sayingOf({ kind, body, detail }: ThreadMessage, locale: Locale): string | null {
  const t = getMessages(locale).disputes;
  if (kind === "answer") return body === "" ? t.buyer.sentPictures : null;
  if (kind === "chargeback") return wordOf(t.bank, detail.state);
  if (kind === "not_done") return fill(t.page.fellBack, { reason: wordOf(t.errors, detail.code) });
  if (kind !== "decided") return wordOf(t.events, kind);
  const { amountMinor, currency } = detail;
  const amount =
    typeof amountMinor === "string" && typeof currency === "string"
      ? ` ${formatMinor(amountMinor, currency, locale)}`
      : "";
  return `${fill(t.buyer.outcome, { outcome: wordOf(t.outcomes, detail.outcome) })}${amount}`;
}

const wordOf = (words: Readonly<Record<string, string>>, code: unknown): string =>
  typeof code === "string" && Object.hasOwn(words, code) ? (words[code] as string) : String(code ?? "");
