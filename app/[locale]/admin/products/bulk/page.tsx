import { bulkPage } from "../../../merchant/products/bulk/bulk-page";

const { Page, generateMetadata } = bulkPage("admin");

export { generateMetadata, Page as default };
