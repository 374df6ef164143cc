import { cardPage } from "./card-page";

export default cardPage("merchant").Page;
