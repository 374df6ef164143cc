import { vaultPage } from "./vault-page";

const { Page, generateMetadata } = vaultPage("merchant");

export { generateMetadata, Page as default };
