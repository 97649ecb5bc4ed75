/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { JSX } from "hono/jsx/jsx-runtime";
import { fill } from "./fill.ts";
import { LANGUAGES } from "./language.ts";
import { mayAct, type PageParts, type View } from "./view.ts";

/** A whole document: head, header, navigation, and the page's own part. */
export function Layout(
  { view, page }: { view: View; page: PageParts },
): JSX.Element {
  const { words, base } = view;
  return (
    <html lang={words.code} data-locale={view.locale} data-zone={view.zone} data-base={base}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${page.title} · ${words.product}`}</title>
        <link rel="icon" href={`${base}/ui/icon.svg`} type="image/svg+xml" />
        <link rel="stylesheet" href={`${base}/ui/style.css`} />
        <script src={`${base}/ui/app.js`} defer></script>
        {page.arrives && <meta http-equiv="refresh" content={`0;url=${view.path}`} />}
        {page.reloadSeconds === undefined ? null : (
          <noscript>
            <meta http-equiv="refresh" content={String(page.reloadSeconds)} />
          </noscript>
        )}
      </head>
      <body>
        <a class="skip" href="#main">{words.skip}</a>
        <Header view={view} section={page.section} />
        <main id="main" tabindex={-1}>
          {view.isReadOnly && view.role && <p class="note" role="status">{view.words.readOnlyLead}</p>}
          {page.body}
        </main>
        {view.role && <footer>{fill(view, words.times, { zone: view.zone })}</footer>}
        <div class="visually-hidden" role="status" id="said"></div>
      </body>
    </html>
  );
}

function Header({ view, section }: { view: View; section: PageParts["section"] }): JSX.Element {
  const { words, base, role, name } = view;
  const entries = [
    ["overview", base || "/", words.overview],
    ["bulk", `${base}/ui/recoveries`, words.bulk],
    ["campaigns", `${base}/ui/campaigns`, words.campaigns],
    ...mayAct(view) && view.hasEvents ? [["events", `${base}/ui/events`, words.sending.title] as const] : [],
    ["api", `${base}/docs`, words.api],
  ] as const;
  return (
    <header>
      <div class="bar">
        <a class="brand" href={base || "/"}>{words.product}</a>
        {role && (
          <nav>
            {entries.map(([name, href, text]) => (
              <a href={href} aria-current={name === section ? "page" : undefined}>{text}</a>
            ))}
          </nav>
        )}
        <div class="tools">
          <Languages view={view} />
          {role && (
            <form method="post" action={`${base}/ui/sign-out`}>
              <span class="role">
                <span class="visually-hidden">{words.signedInAs}</span>
                {name && <b>{name}</b>} {words[role]}
              </span>
              <button type="submit" class="quiet">{words.signOut}</button>
            </form>
          )}
        </div>
      </div>
    </header>
  );
}

function Languages({ view }: { view: View }): JSX.Element {
  const { words, base, path } = view;
  return (
    <form method="post" action={`${base}/ui/language`} aria-label={words.language}>
      <input type="hidden" name="next" value={path} />
      {[...LANGUAGES].filter(([code]) => code !== words.code).map(([code, name]) => (
        <button type="submit" class="quiet" name="to" value={code} lang={code}>{name}</button>
      ))}
    </form>
  );
}
