"use client";

import "./globals.css";

/** When even the layout fails; it replaces the whole document. Every page loads it, so it brings nothing along. */
export default function GlobalError({ retry }: Readonly<{ retry: () => void }>) {
  return (
    <html lang="zh-CN">
      <body className="min-h-dvh">
        <main className="mx-auto max-w-md space-y-4 px-4 py-16">
          <h1 className="text-xl font-semibold">出了点问题</h1>
          <p className="text-soft">页面没能打开。如果刚付过款，款项不会丢，稍后刷新订单页就好。</p>
          <p lang="en" className="text-soft">
            Something went wrong. If you have just paid, your money is safe; refresh the order page in a while.
          </p>
          <button type="button" onClick={retry} className="min-h-11 rounded-md bg-ink px-5 text-on-ink">
            再试一次 · <span lang="en">Try again</span>
          </button>
        </main>
      </body>
    </html>
  );
}
