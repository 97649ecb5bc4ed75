import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** A small page for people: a title, a few lines, perhaps a link. Everything is escaped. */
export async function messagePage(
  page: {
    readonly title: string;
    readonly lines: readonly string[];
    readonly link?: { readonly href: string; readonly text: string };
  },
  status: number,
): Promise<Response> {
  const { title, lines, link } = page;
  const paragraphs: (HtmlEscapedString | Promise<HtmlEscapedString>)[] = lines.map((line) =>
    html`<p>${line}</p>`
  );
  const anchor = link ? html`<p><a href="${link.href}">${link.text}</a></p>` : "";
  const document = await html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title}</title>
        <style>${raw(STYLE)}</style>
      </head>
      <body>
        <main><h1>${title}</h1>${paragraphs}${anchor}</main>
      </body>
    </html>
  `;
  return new Response(String(document), {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy":
        `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    },
  });
}

/** What the page looks like. Its hash stands in the policy: a test tells when they part. */
const STYLE =
  ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:10vh 1.5rem}main{max-width:34rem;margin:auto}h1{font-size:1.4rem}a{color:LinkText}";
const STYLE_HASH = "eBfaDaffGDs1xbOx/kcoo4Es2D09OXRmSS1mOkUa3iQ=";
