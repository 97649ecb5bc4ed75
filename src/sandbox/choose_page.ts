import type { Answer, Call } from "./call.ts";
import { type Installation, nameOf } from "./installation.ts";

/** A page for a browser stays readable; a world may have a hundred thousand locations. */
const MOST_LINKS = 500;

/** The authorisation page for a browser: a link for each location and company, and one that refuses. */
export function choosePage(call: Call): Answer {
  const { locations, companies } = call.simulation.world;
  const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Choose a location</title></head>
<body>
<h1>Install the app: choose a location</h1>
${linksOf(call, locations)}
<h2>Or a whole agency</h2>
${linksOf(call, companies)}
<p><a href="${linkWith(call, "sandbox_refuse", "1")}">Cancel</a></p>
</body>
</html>
`;
  return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: html };
}

function linksOf(call: Call, places: ReadonlyMap<string, Installation>): string {
  const items = [...places.values()].slice(0, MOST_LINKS).map((place) => {
    const href = linkWith(call, "sandbox_target", `${place.kind}:${place.id}`);
    return `<li><a href="${href}">${escaped(nameOf(place))}</a></li>`;
  });
  const more = places.size - items.length;
  if (more > 0) items.push(`<li>… and ${more} more: write sandbox_target=… into the address</li>`);
  return `<ul>\n${items.join("\n")}\n</ul>`;
}

/** This page's own address with a choice in it; relative, so that it works behind every host. */
function linkWith(call: Call, name: string, value: string): string {
  const query = new URLSearchParams(call.url.searchParams);
  for (const own of ["sandbox_page", "sandbox_target", "sandbox_refuse"]) query.delete(own);
  query.set(name, value);
  return escaped(`?${query}`);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
