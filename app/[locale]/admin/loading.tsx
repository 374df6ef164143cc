import { LoadingRows } from "@/components/merchant/loading-rows";

export default function Loading() {
  return <LoadingRows label="…" />;
}
