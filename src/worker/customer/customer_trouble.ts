import type { Problem } from "../http/problem.ts";
import { customerPage, type PagePlace } from "./customer_page.tsx";

/** Paths that people are led to, below the mount. */
const PEOPLES = /^\/(r|oauth)(\/|$)/;

/** Whether a browser shows to a person what is answered at `path`, below the mount. */
export function isForPeople({ headers }: Request, path: string): boolean {
  return PEOPLES.test(path) && (headers.get("accept") ?? "").includes("text/html");
}

/** Whether a browser asks for a page to show, as no program does: HTML before all else. */
export function asksForPage({ headers }: Request): boolean {
  return /^\s*text\/html\b/i.test(headers.get("accept") ?? "");
}

/** What a person is told of `problem`: nothing of ours, and never JSON. */
export async function customerTrouble(
  place: PagePlace,
  { status, retryAfterSeconds, headers: own }: Problem,
): Promise<Response> {
  const isOfLink = status >= 400 && status < 500 && status !== 429;
  const retryAfter = retryAfterSeconds === undefined
    ? {}
    : { "Retry-After": `${Math.ceil(retryAfterSeconds)}` };
  const headers = { ...retryAfter, ...own };
  const page = await customerPage(
    place,
    isOfLink ? { kind: "altered" } : { kind: "unavailable", status },
    headers,
  );
  return isOfLink ? new Response(page.body, { status, headers: page.headers }) : page;
}
