import { replacementsPage } from "../../merchant/replacements/replacements-page";

const { Page, generateMetadata } = replacementsPage("admin");

export { generateMetadata, Page as default };
