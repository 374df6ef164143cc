import { cardPage } from "../../../merchant/vault/[id]/card-page";

export default cardPage("admin").Page;
