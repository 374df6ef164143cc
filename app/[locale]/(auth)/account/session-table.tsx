import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Badge } from "@/components/ui/badge";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { deviceName } from "@/lib/features/identity/rules";
import type { SessionView } from "@/lib/features/identity/sessions";
import { getMessages } from "@/lib/i18n";
import { formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { endOtherSessionsAction, endSessionAction } from "../actions";

interface SessionTableProps {
  locale: Locale;
  sessions: readonly SessionView[];
  currentId: string;
}

export function SessionTable({ locale, sessions, currentId }: Readonly<SessionTableProps>) {
  const { account: t, errors } = getMessages(locale).staff;
  return (
    <>
      <Table aria-label={t.sessionsTitle}>
        <thead>
          <tr>
            <HeadCell>{t.device}</HeadCell>
            <HeadCell>{t.since}</HeadCell>
            <HeadCell>{t.until}</HeadCell>
            <HeadCell>
              <span className="sr-only">{t.revoke}</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <tr key={session.id}>
              <Cell title={session.userAgent}>
                {deviceName(session.userAgent) ?? t.unknownDevice}{" "}
                {session.id === currentId ? <Badge tone="strong">{t.thisOne}</Badge> : null}
              </Cell>
              <Cell className="figures whitespace-nowrap">{formatStamp(session.createdAt, locale)}</Cell>
              <Cell className="figures whitespace-nowrap">{formatStamp(session.expiresAt, locale)}</Cell>
              <Cell className="text-right">
                {session.id === currentId ? null : (
                  <ActionForm action={endSessionAction} locale={locale} errors={errors}>
                    <input type="hidden" name="sessionId" value={session.id} />
                    <ActionSubmit size="sm" pendingLabel={t.revoking}>
                      {t.revoke}
                    </ActionSubmit>
                  </ActionForm>
                )}
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
      {sessions.length > 1 ? (
        <ActionForm action={endOtherSessionsAction} locale={locale} errors={errors} className="mt-3">
          <ActionSubmit size="sm" pendingLabel={t.revoking}>
            {t.revokeOthers}
          </ActionSubmit>
        </ActionForm>
      ) : null}
    </>
  );
}
