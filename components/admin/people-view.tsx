import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { TextField } from "@/components/form/fields";
import { PageHead, Part } from "@/components/merchant/page-head";
import { wordOf } from "@/components/merchant/state-badges";
import { Badge } from "@/components/ui/badge";
import { Cell, HeadCell, HeadCells, Table } from "@/components/ui/table";
import { listPeople } from "@/lib/features/operations/queries";
import { getMessages } from "@/lib/i18n";
import { fill, formatStamp } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { limits } from "@/lib/kernel/limits";
import { getDeps } from "@/lib/platform/deps";

type FormAction = ComponentProps<typeof ActionForm>["action"];

interface PeopleViewProps {
  locale: Locale;
  ownUserId: string;
  createMerchant: FormAction;
  setUserStatus: FormAction;
  resetFactor: FormAction;
}

/** All shops, who can sign in to them, and the form that opens another. */
export async function PeopleView(props: Readonly<PeopleViewProps>) {
  const { locale, ownUserId, createMerchant, setUserStatus, resetFactor } = props;
  const { admin, security } = getMessages(locale);
  const t = admin.people;
  const { columns } = t;
  const { merchants, users } = await listPeople(getDeps());
  const names = new Map(merchants.map(({ id, name }) => [id, name]));
  return (
    <>
      <PageHead title={t.title} />
      <Part title={t.users}>
        <Table aria-label={t.users}>
          <thead>
            <tr>
              {[
                columns.email,
                columns.role,
                columns.merchant,
                columns.status,
                security.people.factor,
                columns.since,
                "",
              ].map((name) => (
                <HeadCell key={name}>{name || <span className="sr-only">{t.disable}</span>}</HeadCell>
              ))}
            </tr>
          </thead>
          <tbody>
            {users.map((user) => (
              <UserLine
                key={user.id}
                {...{ locale, user, setUserStatus, resetFactor }}
                merchantName={user.merchantId ? (names.get(user.merchantId) ?? "") : "—"}
                isOwn={user.id === ownUserId}
              />
            ))}
          </tbody>
        </Table>
      </Part>
      <Part title={t.merchants}>
        <Table aria-label={t.merchants}>
          <thead>
            <tr>
              <HeadCells names={[t.columns.name, t.columns.slug, t.columns.status, t.columns.since]} />
            </tr>
          </thead>
          <tbody>
            {merchants.map((merchant) => (
              <tr key={merchant.id}>
                <Cell className="whitespace-nowrap">{merchant.name}</Cell>
                <Cell>{merchant.slug}</Cell>
                <Cell>{merchant.status === "active" ? t.active : t.suspended}</Cell>
                <Cell className="figures whitespace-nowrap text-soft">{formatStamp(merchant.createdAt, locale)}</Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      </Part>
      <Part title={t.add}>
        <NewMerchant locale={locale} create={createMerchant} />
      </Part>
    </>
  );
}

interface UserLineProps {
  locale: Locale;
  user: Awaited<ReturnType<typeof listPeople>>["users"][number];
  merchantName: string;
  isOwn: boolean;
  setUserStatus: FormAction;
  resetFactor: FormAction;
}

function UserLine({ locale, user, merchantName, isOwn, setUserStatus, resetFactor }: Readonly<UserLineProps>) {
  const { admin, merchant, staff, security } = getMessages(locale);
  const t = admin.people;
  const isActive = user.status === "active";
  return (
    <tr>
      <Cell>
        {user.email} {isOwn ? <Badge>{t.you}</Badge> : null}
      </Cell>
      <Cell className="whitespace-nowrap">{wordOf(merchant.labels.role, user.role)}</Cell>
      <Cell className="whitespace-nowrap">{merchantName}</Cell>
      <Cell>
        <Badge tone={isActive ? "strong" : "muted"}>{isActive ? t.active : t.disabled}</Badge>
      </Cell>
      <Cell className="min-w-32">
        {user.hasFactor && !isOwn ? (
          <ResetFactor locale={locale} user={user} reset={resetFactor} />
        ) : (
          <span className="text-soft">{user.hasFactor ? security.people.on : security.people.off}</span>
        )}
      </Cell>
      <Cell className="figures whitespace-nowrap text-soft">{formatStamp(user.createdAt, locale)}</Cell>
      <Cell className="text-right">
        {isOwn ? null : (
          <ActionForm action={setUserStatus} locale={locale} errors={staff.errors}>
            <input type="hidden" name="userId" value={user.id} />
            <input type="hidden" name="status" value={isActive ? "disabled" : "active"} />
            <ActionSubmit
              size="sm"
              pendingLabel={t.working}
              aria-label={`${isActive ? t.disable : t.enable} ${user.email}`}
            >
              {isActive ? t.disable : t.enable}
            </ActionSubmit>
          </ActionForm>
        )}
      </Cell>
    </tr>
  );
}

interface ResetFactorProps {
  locale: Locale;
  user: UserLineProps["user"];
  reset: FormAction;
}

/** Folded away: it is asked for seldom, and never by mistake. */
function ResetFactor({ locale, user, reset }: Readonly<ResetFactorProps>) {
  const { staff, security } = getMessages(locale);
  const t = security.people;
  return (
    <details>
      <summary className="cursor-pointer py-0.5">{t.on}</summary>
      <ActionForm action={reset} locale={locale} errors={staff.errors} className="mt-2 w-64 space-y-2">
        <p className="text-xs text-faint">{t.resetLead}</p>
        <input type="hidden" name="userId" value={user.id} />
        <TextField name="reason" label={t.reason} required maxLength={limits.resetReasonMax} />
        <ActionSubmit size="sm" pendingLabel={t.resetting} aria-label={`${t.reset} ${user.email}`}>
          {t.reset}
        </ActionSubmit>
      </ActionForm>
    </details>
  );
}

function NewMerchant({ locale, create }: Readonly<{ locale: Locale; create: FormAction }>) {
  const { admin, staff } = getMessages(locale);
  const t = admin.people;
  return (
    <ActionForm action={create} locale={locale} errors={staff.errors} saved={t.created} className="max-w-2xl space-y-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField name="name" label={t.name} required maxLength={120} />
        <TextField name="slug" label={t.slug} required maxLength={63} autoCapitalize="none" />
        <TextField name="email" label={t.email} type="email" required maxLength={limits.emailMax} autoComplete="off" />
        <TextField
          name="password"
          label={t.password}
          hint={`${fill(staff.setup.passwordHint, { min: limits.passwordMin })} ${t.passwordHint}`}
          type="password"
          required
          maxLength={limits.passwordMax}
          autoComplete="new-password"
        />
      </div>
      <ActionSubmit variant="ink" pendingLabel={t.creating}>
        {t.create}
      </ActionSubmit>
    </ActionForm>
  );
}
