import { disputePage } from "./dispute-page";

const { Page, generateMetadata } = disputePage("merchant");

export { generateMetadata, Page as default };
