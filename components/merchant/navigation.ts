import { getMessages } from "@/lib/i18n";
import type { Locale } from "@/lib/i18n/locale";
import type { Role } from "@/lib/kernel/viewer";
import type { NavGroup } from "./nav-links";

/** What waits for whoever looks, by the page that it waits on. */
interface NavCounts {
  readonly disputes: number;
}

/** Where each role can go, in the order in which the work comes up. */
export function navOf(role: Role, locale: Locale, counts: NavCounts): readonly NavGroup[] {
  return role === "admin" ? adminNav(locale, counts) : merchantNav(locale, counts);
}

function merchantNav(locale: Locale, counts: NavCounts): readonly NavGroup[] {
  const { nav } = getMessages(locale).merchant;
  const to = (path: string, label: string) => ({ href: `/${locale}/merchant${path}`, label });
  return [
    {
      items: [
        to("", nav.overview),
        to("/orders", nav.orders),
        { ...to("/disputes", getMessages(locale).disputes.title), count: counts.disputes },
        to("/customers", getMessages(locale).selling.customers.title),
        to("/products", nav.products),
        to("/upload", nav.upload),
        to("/batches", nav.batches),
        to("/vault", nav.vault),
        to("/replacements", getMessages(locale).life.replace.listTitle),
        to("/stock", getMessages(locale).life.stock.title),
        to("/statement", getMessages(locale).reports.statement.title),
        to("/pools", getMessages(locale).pools.title),
      ],
    },
    { items: [to("/developers", getMessages(locale).developers.title)] },
  ];
}

function adminNav(locale: Locale, counts: NavCounts): readonly NavGroup[] {
  const { nav } = getMessages(locale).admin;
  const to = (path: string, label: string) => ({ href: `/${locale}/admin${path}`, label });
  return [
    { items: [to("", nav.overview), to("/reports", getMessages(locale).reports.title), to("/proof", nav.proof)] },
    {
      label: nav.groups.trade,
      items: [
        to("/orders", nav.orders),
        { ...to("/disputes", getMessages(locale).disputes.title), count: counts.disputes },
        to("/owed", nav.owed),
        to("/findings", nav.findings),
        to("/payments", nav.payments),
        to("/transfers", nav.transfers),
        to("/statements", nav.statements),
        to("/wallets", nav.wallets),
        to("/refunds", nav.refunds),
      ],
    },
    {
      label: nav.groups.goods,
      items: [
        to("/products", nav.products),
        to("/categories", getMessages(locale).selling.categories.title),
        to("/batches", nav.batches),
        to("/vault", nav.vault),
        to("/replacements", getMessages(locale).life.replace.listTitle),
        to("/stock", getMessages(locale).life.stock.title),
      ],
    },
    {
      label: nav.groups.platform,
      items: [
        to("/gateways", nav.gateways),
        to("/caches", getMessages(locale).reports.caches.title),
        to("/mails", nav.mails),
        to("/people", nav.people),
        to("/audit", nav.audit),
      ],
    },
  ];
}
