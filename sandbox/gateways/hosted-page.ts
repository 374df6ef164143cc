export const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`);

/** One page of a gateway abroad, in its own colour. It works without JavaScript. */
export const hostedPage = (
  title: string,
  body: string,
  colour: string,
): string => `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:3rem auto;padding:0 1rem;color:#1a1f36}h1{font-size:1.25rem}
strong{font-size:2rem;display:block}button,a.button{display:block;width:100%;box-sizing:border-box;margin:.75rem 0;padding:.75rem;
border:0;border-radius:.5rem;background:${colour};color:#fff;font:inherit;text-align:center;text-decoration:none}
button.other{background:#e3e8ee;color:#1a1f36}</style><h1>${title}</h1>${body}</html>`;

export interface Choice {
  readonly how: string;
  readonly label: string;
  readonly isOther?: boolean;
}

/** The buttons a buyer presses, in one form that comes back here. */
export const choicesForm = (choices: readonly Choice[]): string => {
  const buttons = choices.map(
    ({ how, label, isOther }) =>
      `<button class="${isOther ? "other" : ""}" name="how" value="${how}">${label}</button>`,
  );
  return `<form method="post">${buttons.join("")}</form>`;
};

export const backLink = (url: string): string =>
  `<a class="button" href="${escaped(url)}">Back to the shop 返回商家</a>`;
