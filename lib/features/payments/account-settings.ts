import type { Deps } from "@/lib/platform/deps";
import { notifyUrlOf, openAccountSettings } from "./accounts";
import { isGatewayKind } from "./gateways/registry";

/** An account as its settings page may show it: everything but the key, of which only the presence is told. */
export interface AccountSettingsView {
  readonly id: string;
  readonly gateway: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly currency: string;
  readonly isActive: boolean;
  readonly baseUrl: string;
  readonly pid: string;
  readonly types: readonly string[];
  readonly hasKey: boolean;
  readonly notifyUrl: string;
  readonly updatedAt: Date;
}

/** The public part of opened settings; a row that cannot be opened reads as empty and waits for new ones. */
function publicSettings(deps: Deps, row: { id: string; settings: Uint8Array }) {
  const opened = ((): Record<string, unknown> => {
    try {
      return openAccountSettings(deps, row.id, row.settings) as Record<string, unknown>;
    } catch {
      return {};
    }
  })();
  const textOf = (name: string) => (typeof opened[name] === "string" ? opened[name] : "");
  const types = Array.isArray(opened.types) ? opened.types.map(String) : [];
  return { baseUrl: textOf("baseUrl"), pid: textOf("pid"), types, hasKey: textOf("key") !== "" };
}

/** Every account with its settings, the key left out. */
export async function listAccountSettings(deps: Deps): Promise<readonly AccountSettingsView[]> {
  const rows = await deps.db.gatewayAccount.findMany({ orderBy: { id: "asc" } });
  return rows.map((row) => ({
    id: row.id,
    gateway: row.gateway,
    titleZh: row.titleZh,
    titleEn: row.titleEn,
    currency: row.currency,
    isActive: row.status === "active",
    updatedAt: row.updatedAt,
    notifyUrl: isGatewayKind(row.gateway) ? notifyUrlOf(deps, { kind: row.gateway, id: row.id }) : "",
    ...publicSettings(deps, row),
  }));
}
