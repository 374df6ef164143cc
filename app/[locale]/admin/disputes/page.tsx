import { disputesPage } from "../../merchant/disputes/disputes-page";

const { Page, generateMetadata } = disputesPage("admin");

export { generateMetadata, Page as default };
