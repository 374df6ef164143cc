import type { Metadata } from "next";
import { DeliveriesPart } from "@/components/merchant/deliveries-part";
import { EndpointsPart } from "@/components/merchant/endpoints-part";
import { KeysPart } from "@/components/merchant/keys-part";
import { PageHead } from "@/components/merchant/page-head";
import { baseOf } from "@/components/merchant/view";
import { readQuery, type SearchParams } from "@/lib/entry/query";
import { requireRole } from "@/lib/entry/session";
import { DeliveryListQuery } from "@/lib/features/webhooks/schema";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import {
  addEndpointAction,
  createApiKeyAction,
  pingEndpointAction,
  replayDeliveryAction,
  revokeApiKeyAction,
  rotateApiKeyAction,
  rotateEndpointAction,
  switchEndpointAction,
} from "./actions";

interface PageProps {
  params: Promise<{ locale: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).developers.title };
}

/** What a merchant's own programs need: keys to ask with, and addresses to be told at. */
export default async function DevelopersPage({ params, searchParams }: PageProps) {
  const locale = toLocale((await params).locale);
  const { viewer } = await requireRole("merchant", locale, "/merchant/developers");
  const view = { locale, viewer, base: baseOf(locale, viewer) };
  const query = await readQuery(DeliveryListQuery, searchParams);
  const t = getMessages(locale).developers;
  return (
    <>
      <PageHead title={t.title} lead={t.lead}>
        <a href="/api/docs" className="text-sm underline underline-offset-4">
          {t.documentation}
        </a>
      </PageHead>
      <KeysPart
        {...view}
        actions={{ create: createApiKeyAction, rotate: rotateApiKeyAction, revoke: revokeApiKeyAction }}
      />
      <EndpointsPart
        {...view}
        actions={{
          add: addEndpointAction,
          rotate: rotateEndpointAction,
          toggle: switchEndpointAction,
          ping: pingEndpointAction,
        }}
      />
      <DeliveriesPart {...view} query={query} replay={replayDeliveryAction} />
    </>
  );
}
