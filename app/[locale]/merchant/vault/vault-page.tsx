import { VaultView } from "@/components/vault/vault-view";
import { readQuery } from "@/lib/entry/query";
import { FoundQuery, VaultQuery } from "@/lib/features/vault/schema";
import { getMessages } from "@/lib/i18n";
import { staffPage } from "../../staff-page";
import { moveVaultCardsAction, searchVaultAction } from "./actions";

export const vaultPage = staffPage({
  path: "/vault",
  title: (locale) => getMessages(locale).vault.title,
  show: async ({ view, searchParams }) => {
    const query = await readQuery(VaultQuery, searchParams);
    const { found = null, refused = null } = await readQuery(FoundQuery, searchParams);
    const acts = { search: searchVaultAction, move: moveVaultCardsAction };
    return <VaultView {...view} {...{ query, found, refused, acts }} />;
  },
});
