/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** A small page for people below `/oauth`. */
export interface Message {
  /** Its title. */
  readonly title: string;
  /** What it says. */
  readonly lines: readonly string[];
  /** A way on. */
  readonly link?: { readonly href: string; readonly text: string };
}

/** The page of `message`, in an app that is mounted at `base`. Everything is escaped. */
export async function messagePage(
  base: string,
  { title, lines, link }: Message,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const document = await (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href={`${base}/ui/icon.svg`} type="image/svg+xml" />
        <link rel="stylesheet" href={`${base}/ui/style.css`} />
      </head>
      <body>
        <main>
          <div class="narrow">
            <h1>{title}</h1>
            {lines.map((line) => <p>{line}</p>)}
            {link && (
              <p>
                <a href={link.href}>{link.text}</a>
              </p>
            )}
          </div>
        </main>
      </body>
    </html>
  );
  return new Response(`<!doctype html>${document}`, {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": POLICY,
      ...headers,
    },
  });
}
