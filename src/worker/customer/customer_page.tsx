/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import { isolated } from "../http/isolated.ts";
import type { PageSettings } from "../settings.ts";
import { type CustomerNews, type CustomerPage, pageOf } from "./page_of.ts";
import { type Reader, readerWith } from "./words.ts";

/** Where a page is shown. */
export interface PagePlace {
  /** Where the app is mounted: `""` or `/highlevel`. */
  readonly base: string;
  /** What the owner has set for pages. */
  readonly pages: PageSettings;
  /** The browser's request. */
  readonly request: Request;
}

/** The mark over the heading, in a box of 24. */
const MARKS: Readonly<Record<CustomerPage["mark"], string>> = {
  ask: "M9 15l6-6M10 6l1.5-1.5a5 5 0 017 7L17 13M14 18l-1.5 1.5a5 5 0 01-7-7L7 11",
  good: "M4.5 12.5l5 5 10-11",
  bad: "M12 4v10M12 19v.5",
  wait: "M12 3a9 9 0 010 18 9 9 0 010-18M12 7.5V12l3 2",
};

/** The page that tells `news`, in the reader's language. Everything is escaped; nothing needs a script. */
export async function customerPage(
  place: PagePlace,
  news: CustomerNews,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const { base, pages, request } = place;
  const reader = readerWith(request.headers.get("accept-language"));
  const page = pageOf(news, reader, pages, Date.now());
  const document = await <Document base={base} pages={pages} reader={reader} page={page} />;
  return new Response(`<!doctype html>${document}`, {
    status: page.status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Language": reader.words.code,
      "Content-Security-Policy": policyOf(page, pages),
      "Cache-Control": "no-store",
      "Vary": "Accept-Language",
      "X-Robots-Tag": "noindex",
      ...headers,
    },
  });
}

/**
 * What the page may load, and where it may lead. The page with the form may stand in another's frame, as apps do within
 * HighLevel: its button leaves that. Where HighLevel sends a browser on to sign in is not known, so the form may go to any site.
 */
function policyOf({ button }: CustomerPage, { logoUrl }: PageSettings): string {
  const images = logoUrl === undefined ? "'self'" : `'self' ${new URL(logoUrl).origin}`;
  const isForm = button?.to === "here";
  return [
    "default-src 'none'",
    "style-src 'self'",
    `img-src ${images}`,
    "base-uri 'none'",
    `frame-ancestors ${isForm ? "*" : "'none'"}`,
    ...isForm ? [] : ["form-action 'none'"],
  ].join("; ");
}

function Document(
  { base, pages, reader: { words }, page }: {
    base: string;
    pages: PageSettings;
    reader: Reader;
    page: CustomerPage;
  },
): JSX.Element {
  const { appName, logoUrl, supportUrl } = pages;
  const { mark, title, lines, steps, small } = page;
  return (
    <html lang={words.code}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{appName === undefined ? title : `${title} · ${isolated(appName)}`}</title>
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href={logoUrl ?? `${base}/ui/icon.svg`} />
        <link rel="stylesheet" href={`${base}/ui/customer.css`} />
      </head>
      <body>
        <main>
          {(appName ?? logoUrl) !== undefined && (
            <p class="app">
              {logoUrl !== undefined && <img src={logoUrl} alt={appName === undefined ? "" : appName} />}
              {appName !== undefined && <span aria-hidden={logoUrl !== undefined}>{appName}</span>}
            </p>
          )}
          <div class="card">
            <svg class={`mark ${mark}`} viewBox="0 0 24 24" aria-hidden="true">
              <path d={MARKS[mark]} />
            </svg>
            <h1>{title}</h1>
            {lines.map((line) => <p>{line}</p>)}
            {steps && <ol>{steps.map((step) => <li>{step}</li>)}</ol>}
            <Button base={base} page={page} />
            {small !== undefined && <p class="small">{small}</p>}
          </div>
          {supportUrl !== undefined && (
            <p class="support">
              <a href={supportUrl}>{words.support}</a>
            </p>
          )}
        </main>
      </body>
    </html>
  );
}

function Button({ base, page: { button } }: { base: string; page: CustomerPage }): JSX.Element | null {
  if (!button) return null;
  const { text, to, href = "" } = button;
  if (to === "here") {
    return (
      <form method="post" target="_top">
        <button type="submit">{text}</button>
      </form>
    );
  }
  return <a class="button" href={to === "retry" ? base + href : href}>{text}</a>;
}
