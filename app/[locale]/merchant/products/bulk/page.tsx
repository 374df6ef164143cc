import { bulkPage } from "./bulk-page";

const { Page, generateMetadata } = bulkPage("merchant");

export { generateMetadata, Page as default };
