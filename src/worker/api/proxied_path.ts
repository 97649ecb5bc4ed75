/** What may become of a path behind `/proxy/{kind}/{id}`. */
export type PathVerdict = "passed" | "not_plain" | "not_allowed";

/**
 * Dots, slashes and control characters in disguise, overlong UTF-8 and `%u002e` too: HighLevel's side might read another path than
 * this one.
 */
const TRICKS = /%2e|%2f|%5c|%[01][0-9a-f]|%7f|%c[01]|%u[0-9a-f]{4}|\\|\/\//i;
/** How often a gateway may decode a path before somebody reads it. */
const MAX_DECODINGS = 5;
/** Below these HighLevel hands out refresh tokens, mints tokens of other locations, and uninstalls the app. */
const GUARDED = ["oauth", "marketplace"];
/** What is only a list there, in the older version and in v3. It holds no token; reconciling reads it. */
const LISTS = ["/oauth/installedLocations", "/oauth/installed-locations"];

/** Whether `path` is a list of installed locations. */
export function isList(path: string): boolean {
  return LISTS.includes(path);
}

/**
 * Judges `path` of a request by `method`; it begins with a slash and has no query. A GET of the list of installed locations
 * passes. All else below `/oauth` and `/marketplace` passes only where one of `allowed` begins it,
 * spelled as it is there; a disguised spelling never does.
 */
export function judgePath(method: string, path: string, allowed: readonly string[]): PathVerdict {
  if (method === "GET" && isList(path)) return "passed";
  if (TRICKS.test(path)) return "not_plain";
  const readings = readingsOf(path);
  if (readings.some((reading) => TRICKS.test(reading) || segmentsOf(reading).some(isDots))) {
    return "not_plain";
  }
  const isGuarded = readings.some((reading) => GUARDED.includes(wordOf(segmentsOf(reading)[0] ?? "")));
  if (!isGuarded || allowed.some((prefix) => begins(prefix, path))) return "passed";
  return "not_allowed";
}

/** `path` as it is, and as it reads each time it is decoded once more. */
function readingsOf(path: string): string[] {
  const readings = [path];
  for (let times = 0; times < MAX_DECODINGS; times++) {
    const [last = ""] = readings.slice(-1);
    const next = decoded(last).normalize("NFKC");
    if (next === last) break;
    readings.push(next);
  }
  return readings;
}

/** Each `%xx` by itself, so that one that is malformed hides no other. */
function decoded(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (bytes) => {
    const codes = bytes.slice(1).split("%").map((hex) => parseInt(hex, 16));
    return new TextDecoder().decode(Uint8Array.from(codes));
  });
}

/** Without what some servers cut off behind a `;`. */
function segmentsOf(path: string): string[] {
  return path.split("/").slice(1).map((segment) => segment.replace(/;[^]*/, ""));
}

function isDots(segment: string): boolean {
  return segment === "." || segment === "..";
}

/** What a lenient reader makes of a segment: its letters and digits, in lower case. */
function wordOf(segment: string): string {
  return segment.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Whether `prefix` begins `path`, at the end of a segment. */
function begins(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}
