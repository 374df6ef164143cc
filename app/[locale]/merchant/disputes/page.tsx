import { disputesPage } from "./disputes-page";

const { Page, generateMetadata } = disputesPage("merchant");

export { generateMetadata, Page as default };
