/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** A small page for people below `/oauth`: a title, a few lines, perhaps a link. Everything is escaped. */
export async function messagePage(
  page: {
    readonly title: string;
    readonly lines: readonly string[];
    readonly link?: { readonly href: string; readonly text: string };
  },
  status: number,
): Promise<Response> {
  const { title, lines, link } = page;
  const document = await (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="../ui/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="../ui/style.css" />
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
    },
  });
}
