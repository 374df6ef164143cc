import Link from "next/link";
import type { ComponentProps } from "react";
import { ActionForm, ActionSubmit } from "@/components/form/action-form";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Cell, HeadCell, Table } from "@/components/ui/table";
import { type DeliveryRow, listDeliveries } from "@/lib/features/webhooks/deliveries";
import { WEBHOOK_TRIES_MAX } from "@/lib/features/webhooks/rules";
import { DELIVERY_STATES, type DeliveryListQuery } from "@/lib/features/webhooks/schema";
import { getMessages } from "@/lib/i18n";
import { fill, formatCount, formatStamp } from "@/lib/i18n/format";
import { toPublicId } from "@/lib/kernel/id";
import { getDeps } from "@/lib/platform/deps";
import { ListFrame } from "./list-frame";
import { Part } from "./page-head";
import { wordOf } from "./state-badges";
import type { ViewProps } from "./view";

const TONES: Record<string, BadgeTone> = { delivered: "strong", waiting: "plain", failed: "seal" };

interface DeliveriesPartProps extends ViewProps {
  readonly query: DeliveryListQuery;
  readonly replay: ComponentProps<typeof ActionForm>["action"];
}

/** What was told to whom, how often it was tried, and what was answered; each can be told again. */
export async function DeliveriesPart({ query, replay, ...view }: DeliveriesPartProps) {
  const { locale, viewer, base } = view;
  const t = getMessages(locale).developers.deliveries;
  const { rows, page, hasMore } = await listDeliveries(getDeps(), viewer, query);
  return (
    <Part title={t.title} note={fill(t.note, { count: WEBHOOK_TRIES_MAX })}>
      <ListFrame
        locale={locale}
        path={`${base}/developers`}
        filters={[
          {
            name: "state",
            label: t.state,
            value: query.state ?? "",
            options: DELIVERY_STATES.map((state) => [state, t.states[state]] as const),
          },
        ]}
        page={page}
        hasMore={hasMore}
        isEmpty={rows.length === 0}
        empty={{ title: t.emptyTitle, text: t.emptyText }}
        none={{ title: t.noneTitle, text: t.emptyText }}
      >
        <Table aria-label={t.title}>
          <thead>
            <tr>
              <HeadCell>{t.event}</HeadCell>
              <HeadCell>{t.state}</HeadCell>
              <HeadCell className="text-right">{t.tries}</HeadCell>
              <HeadCell>{t.answer}</HeadCell>
              <HeadCell>{t.at}</HeadCell>
              <HeadCell>
                <span className="sr-only">{t.replay}</span>
              </HeadCell>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Delivery key={row.id} {...view} row={row} replay={replay} />
            ))}
          </tbody>
        </Table>
      </ListFrame>
    </Part>
  );
}

type DeliveryProps = ViewProps & Pick<DeliveriesPartProps, "replay"> & { readonly row: DeliveryRow };

function Delivery({ locale, base, row, replay }: DeliveryProps) {
  const { developers, staff } = getMessages(locale);
  const t = developers.deliveries;
  return (
    <tr>
      <Cell>
        <code>{row.kind}</code>
        {row.orderId ? (
          <Link
            href={`${base}/orders/${toPublicId("order", row.orderId)}`}
            prefetch={false}
            className="ml-2 underline decoration-line underline-offset-4"
          >
            {t.order}
          </Link>
        ) : null}
        {row.variantId ? (
          <Link href={`${base}/stock`} prefetch={false} className="ml-2 underline decoration-line underline-offset-4">
            {t.stock}
          </Link>
        ) : null}
        <span className="block max-w-72 truncate text-xs text-faint">{row.endpoint.url}</span>
      </Cell>
      <Cell>
        <Badge tone={TONES[row.state] ?? "plain"}>{wordOf(t.states, row.state)}</Badge>
        {row.nextTryAt && row.attempts > 0 ? (
          <span className="figures block whitespace-nowrap text-xs text-faint">
            {fill(t.nextTry, { at: formatStamp(row.nextTryAt, locale) })}
          </span>
        ) : null}
      </Cell>
      <Cell className="figures text-right">{formatCount(row.attempts, locale)}</Cell>
      <Cell className="figures whitespace-nowrap text-soft">
        {row.lastStatus === null
          ? row.lastError
            ? wordOf(t.failures, row.lastError)
            : "—"
          : `HTTP ${row.lastStatus} · ${row.lastMs} ms`}
      </Cell>
      <Cell className="figures whitespace-nowrap text-soft">{formatStamp(row.createdAt, locale)}</Cell>
      <Cell>
        {row.endpoint.status === "active" && row.state !== "waiting" ? (
          <ActionForm action={replay} locale={locale} errors={staff.errors}>
            <input type="hidden" name="deliveryId" value={row.id} />
            <ActionSubmit size="sm" pendingLabel={staff.form.saving}>
              {t.replay}
            </ActionSubmit>
          </ActionForm>
        ) : null}
      </Cell>
    </tr>
  );
}
