import { vaultPage } from "../../merchant/vault/vault-page";

const { Page, generateMetadata } = vaultPage("admin");

export { generateMetadata, Page as default };
