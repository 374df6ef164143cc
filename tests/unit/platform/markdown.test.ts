import { describe, expect, test } from "vitest";
import { renderMarkdown } from "@/lib/platform/markdown";

/** Everything that could run, load, send or cover something, in whatever spelling a browser would understand. */
const ACTIVE =
  /<\s*(script|style|iframe|object|embed|form|input|button|textarea|svg|math|img|video|audio|link|meta|base|template)\b|\son\w+\s*=|href="(?!https?:\/\/|mailto:|\/(?!\/)|#)|\bsrc=|\bstyle=|srcdoc/i;

const HOSTILE: readonly (readonly [name: string, markdown: string])[] = [
  ["a script", "<script>alert(1)</script>"],
  ["a script in a code span that ends early", "`<script>` </code><script>alert(1)</script>"],
  ["an image with a handler", "<img src=x onerror=alert(1)>"],
  ["an SVG with a handler", "<svg/onload=alert(1)>"],
  ["a link to a script", "[click](javascript:alert(1))"],
  ["the same, with a tab inside the scheme", "[click](java\tscript:alert(1))"],
  ["the same, in entities", "[click](&#106;avascript&colon;alert(1))"],
  ["the same, in other letters", "[click](JaVaScRiPt:alert(1))"],
  ["an autolink to a script", "<javascript:alert(1)>"],
  ["a link to a page of data", "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)"],
  ["a link to a vbscript", "[click](vbscript:msgbox(1))"],
  ["a link to a file", "[click](file:///etc/passwd)"],
  ["a link that leaves the site without a scheme", "[click](//evil.example/)"],
  ["a title that closes the attribute", '[click](https://a.example "x\\" onmouseover=\\"alert(1)")'],
  ["an address that closes the attribute", '[click](https://a.example/"onmouseover="alert(1))'],
  ["a picture from elsewhere", "![x](https://evil.example/pixel.png)"],
  ["a picture of a script", "![x](javascript:alert(1))"],
  ["a reference to a script", "[click][1]\n\n[1]: javascript:alert(1)"],
  ["a form that asks for a password", '<form action="https://evil.example"><input name=password></form>'],
  ["a frame", '<iframe src="https://evil.example"></iframe>'],
  ["a style that covers the page", "<style>body{display:none}</style>"],
  ["an attribute of style", '<p style="position:fixed;inset:0">x</p>'],
  ["a comment of a conditional kind", "<!--[if IE]><script>alert(1)</script><![endif]-->"],
  ["a tag that is cut short", "<scr<script>ipt>alert(1)</script>"],
  ["a tag in a heading", "# <img src=x onerror=alert(1)>"],
  ["a tag in a table", "| a |\n|---|\n| <img src=x onerror=alert(1)> |"],
  ["the language of a code block", '```"><script>alert(1)</script>\ncode\n```'],
  ["mutation through math", "<math><mtext></p><style><img src=x onerror=alert(1)>"],
  ["a base that bends every link", '<base href="https://evil.example/">'],
];

describe("a merchant's Markdown", () => {
  test.each(HOSTILE)("lets nothing act or load: %s", (_name, markdown) => {
    // As a browser would read it: what stands in entities is text.
    const html = renderMarkdown(markdown);
    const tags = html.match(/<[^>]*>/g)?.join("\n") ?? "";
    expect(tags).not.toMatch(ACTIVE);
  });

  test("keeps what was typed as HTML readable, as text", () => {
    expect(renderMarkdown("1 < 2 & <b>bold</b>")).toBe("<p>1 &lt; 2 &amp; &lt;b&gt;bold&lt;/b&gt;</p>");
  });

  test("keeps the line ends of a plain text, and makes lists, tables and emphasis", () => {
    expect(renderMarkdown("第一行\n第二行")).toMatch(/^<p>第一行<br \/>\n第二行<\/p>$/);
    expect(renderMarkdown("- **a**\n- b")).toContain("<li><strong>a</strong></li>");
    expect(renderMarkdown("| a | b |\n|---|---:|\n| 1 | 2 |")).toContain("<td>2</td>");
  });

  test("puts headings below those of the page, and says of links that they are not ours", () => {
    expect(renderMarkdown("# One\n## Two")).toBe("<h3>One</h3>\n<h4>Two</h4>");
    expect(renderMarkdown("https://a.example/x")).toBe(
      '<p><a href="https://a.example/x" rel="nofollow noopener noreferrer ugc">https://a.example/x</a></p>',
    );
    expect(renderMarkdown("account.password a@b.example")).toBe("<p>account.password a@b.example</p>");
  });

  test.each([
    ["brackets", "[".repeat(10_000)],
    ["quotes", ">".repeat(10_000)],
    ["stars", "*a ".repeat(3_333)],
    ["links in links", "[a](".repeat(2_500)],
    ["backticks", Array.from({ length: 140 }, (_, n) => "`".repeat(n)).join(" ")],
    ["nested lists", Array.from({ length: 140 }, (_, n) => `${" ".repeat(n)}- a`).join("\n")],
  ])("of ten thousand letters is rendered in a moment, whatever they are: %s", (_name, markdown) => {
    const startedAt = performance.now();
    renderMarkdown(markdown.slice(0, 10_000));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
