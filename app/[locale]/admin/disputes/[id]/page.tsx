import { disputePage } from "../../../merchant/disputes/[id]/dispute-page";

const { Page, generateMetadata } = disputePage("admin");

export { generateMetadata, Page as default };
