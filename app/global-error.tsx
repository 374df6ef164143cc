"use client";

import "./globals.css";
import { BrokenPage } from "@/components/shop/broken-page";

/** When even the layout fails; it replaces the whole document. */
export default function GlobalError({ retry }: Readonly<{ retry: () => void }>) {
  return (
    <html lang="zh-CN">
      <body className="min-h-dvh">
        <main>
          <BrokenPage retry={retry} />
        </main>
      </body>
    </html>
  );
}
