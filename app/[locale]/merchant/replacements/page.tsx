import { replacementsPage } from "./replacements-page";

const { Page, generateMetadata } = replacementsPage("merchant");

export { generateMetadata, Page as default };
