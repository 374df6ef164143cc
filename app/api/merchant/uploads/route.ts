import { openUploadRoute } from "@/lib/entry/card-upload-route";

export const dynamic = "force-dynamic";
export { openUploadRoute as POST };
