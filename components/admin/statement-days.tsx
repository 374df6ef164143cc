import Link from "next/link";
import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { wordOf } from "@/components/merchant/state-badges";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import type { DayRow } from "@/lib/features/statements/queries";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatStamp, inBrackets } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { toPublicId } from "@/lib/kernel/id";

interface StatementDaysProps {
  readonly locale: Locale;
  readonly accountId: string;
  readonly title: string;
  readonly days: readonly DayRow[];
  readonly ask: ComponentProps<typeof ActionForm>["action"];
}

const TONES: Readonly<Record<DayRow["state"], BadgeTone>> = {
  done: "plain",
  empty: "muted",
  covered: "plain",
  due: "strong",
  failed: "seal",
  gap: "seal",
};
const isMissing = ({ state }: DayRow): boolean => state === "gap" || state === "failed";

/** The last days of one account, the newest first; what is missing is told in words, and can be asked for. */
export function StatementDays({ locale, accountId, title, days, ask }: StatementDaysProps) {
  const { statements, staff } = getMessages(locale);
  const t = statements.days;
  const missing = days.filter(isMissing);
  const open = days.filter(({ failure }) => failure !== null);
  return (
    <Card className="space-y-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="font-medium">{title}</h3>
        <p className="text-sm text-soft">
          {missing.length === 0 ? t.all : fill(t.missing, { count: formatCount(missing.length, locale) })}
        </p>
      </div>
      <ol className="flex flex-wrap gap-1.5">
        {days.map((day) => (
          <li key={day.day}>
            <DayBadge day={day} locale={locale} />
          </li>
        ))}
      </ol>
      {open.length > 0 ? (
        <ul className="space-y-1 text-sm text-soft">
          {open.map((day) => (
            <li key={day.day}>
              <span className="figures">{day.day}</span> {wordOf(statements.failures, day.failure ?? "")}
              {day.nextTryAt
                ? inBrackets(fill(t.nextTry, { count: day.tryCount, at: formatStamp(day.nextTryAt, locale) }), locale)
                : ""}
            </li>
          ))}
        </ul>
      ) : null}
      <ActionForm
        action={ask}
        locale={locale}
        errors={staff.errors}
        saved={t.asked}
        className="flex flex-wrap items-end gap-2"
      >
        <input type="hidden" name="accountId" value={accountId} />
        <Input
          type="date"
          name="day"
          required
          defaultValue={missing[0]?.day ?? days[0]?.day}
          aria-label={`${title} ${t.day}`}
          className="h-10 w-44 text-sm"
        />
        <ActionSubmit size="sm" className="min-h-10" pendingLabel={t.fetching}>
          {t.fetch}
        </ActionSubmit>
      </ActionForm>
    </Card>
  );
}

function DayBadge({ day, locale }: Readonly<{ day: DayRow; locale: Locale }>) {
  const words = getMessages(locale).statements.days.states;
  const badge = (
    <Badge tone={TONES[day.state]}>
      <span className="figures">{day.day.slice(5)}</span> {words[day.state]}
    </Badge>
  );
  if (!day.fileId) return badge;
  return (
    <Link
      href={`/${locale}/admin/statements/${toPublicId("statement", day.fileId)}`}
      prefetch={false}
      className="underline decoration-line underline-offset-4 hover:decoration-ink"
    >
      {badge}
    </Link>
  );
}
