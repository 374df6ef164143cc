"use client";

import { BrokenPage } from "@/components/shop/broken-page";

export default function ShopError({ retry }: Readonly<{ retry: () => void }>) {
  return <BrokenPage retry={retry} />;
}
