import MarkdownIt from "markdown-it";
import sanitizeHtml from "sanitize-html";

declare const checked: unique symbol;
/** HTML that may stand in a page as it is. Only `renderMarkdown` makes it. */
export type SafeHtml = string & { readonly [checked]: true };

/**
 * What is typed as HTML is shown as it was typed, and a line ends where the merchant ended it: most descriptions are plain
 * texts. Pictures are left out, because one from elsewhere would tell its host who looks at the product.
 */
const markdown = new MarkdownIt({ html: false, breaks: true, linkify: true, maxNesting: 20 }).disable("image");
// Only what begins with a scheme is a link by itself: "account.password" in a usage note is not an address.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });

/** The page has headings of its own above these. */
const HEADINGS = { h1: "h3", h2: "h4", h3: "h5", h4: "h6", h5: "h6" } as const;

const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: [
    ...["p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code"],
    ...["strong", "em", "s", "a", "table", "thead", "tbody", "tr", "th", "td"],
  ],
  allowedAttributes: { a: ["href", "rel"], ol: ["start"] },
  allowedSchemes: ["https", "http", "mailto"],
  allowProtocolRelative: false,
  nestingLimit: 50,
  transformTags: {
    ...HEADINGS,
    a: sanitizeHtml.simpleTransform("a", { rel: "nofollow noopener noreferrer ugc" }),
  },
};

/**
 * A merchant's Markdown as HTML without scripts, styles, forms, frames or pictures, whatever was written. Two walls: the
 * renderer lets no tag through, and what it made is filtered by a list of what is allowed.
 */
export const renderMarkdown = (text: string): SafeHtml =>
  sanitizeHtml(markdown.render(text), ALLOWED).trim() as SafeHtml;
