import * as v from "valibot";
import { describeTarget } from "../../oauth/host.ts";
import type { ConnectionTarget } from "../../oauth/mod.ts";
import { type Message, messagePage } from "./message_page.tsx";
import { noInput, type RequestScope, type Route, route } from "../http/route.ts";
import { openText, sealText } from "../http/sealed_text.ts";
import { installQuery } from "./reauthorization_link.ts";

/** How an installation ended, as its page tells it. */
export type InstallResult =
  | { readonly kind: "connected"; readonly target: ConnectionTarget; readonly isBulk: boolean }
  | { readonly kind: "refused"; readonly words: string; readonly expected?: ConnectionTarget }
  | {
    readonly kind: "wrong_connection";
    readonly chosen: ConnectionTarget;
    readonly expected: ConnectionTarget;
  }
  | {
    readonly kind: "trouble";
    readonly message: string;
    readonly mayPass: boolean;
    /** HighLevel gave no tokens, or they could not be stored here. */
    readonly status: 502 | 503;
    readonly expected?: ConnectionTarget;
  };

/** A result, and when it came about, ms. */
type DatedResult = InstallResult & { readonly at: number };

/** What results are sealed for; the number grows with their form. */
const PURPOSE = "install result 1";

/** The page at the end of an installation. It stands in its address, sealed: it can be opened again, and stores nothing. */
export const installResultRoute: Route = route({
  ...noInput,
  method: "get",
  path: "/oauth/result/:sealed",
  access: "none",
  params: v.object({ sealed: v.pipe(v.string(), v.regex(/^[\w-]{1,4096}$/, "must be a sealed result")) }),
  handle: async (context, { params }) => {
    const { settings, base } = context.get("scope");
    const json = await openText(settings.sealingKeys, PURPOSE, params.sealed);
    if (json === undefined) {
      const link = linkTo(base, undefined, "Start an installation");
      const lines = ["This address is not whole, or too old. Nothing was changed."];
      return await messagePage(base, { title: "There is no such page", lines, link }, 404);
    }
    const result: DatedResult = JSON.parse(json);
    return await messagePage(base, messageOf(result, base), statusOf(result));
  },
});

/** The address of the page that tells `result`. */
export async function resultPath(
  { settings, base }: Pick<RequestScope, "settings" | "base">,
  result: InstallResult,
): Promise<string> {
  const dated: DatedResult = { ...result, at: Date.now() };
  return `${base}/oauth/result/${await sealText(settings.sealingKeys, PURPOSE, JSON.stringify(dated))}`;
}

/** A link to the install page that keeps which connection was meant. */
export function linkTo(
  base: string,
  expected: ConnectionTarget | undefined,
  text: string,
): { readonly href: string; readonly text: string } {
  return { href: `${base}/oauth/install${expected ? `?${installQuery(expected)}` : ""}`, text };
}

function messageOf(result: DatedResult, base: string): Message {
  const time = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  const on = `${time.format(result.at)} UTC`;
  switch (result.kind) {
    case "connected":
      return {
        title: "Connected",
        lines: [
          `${describeTarget(result.target)} is connected, since ${on}. You can close this page.`,
          ...(result.isBulk
            ? ["The locations for which the app was installed are being connected too."]
            : []),
        ],
      };
    case "refused":
      return {
        title: "Not connected",
        lines: ["HighLevel ended the authorisation:", result.words, `This was on ${on}.`],
        link: linkTo(base, result.expected, "Start again"),
      };
    case "wrong_connection":
      return {
        title: "Another connection was authorised",
        lines: [
          `This link was made for ${describeTarget(result.expected)}, but ${
            describeTarget(result.chosen)
          } was authorised, on ${on}.`,
          "Nothing was stored.",
        ],
        link: linkTo(base, result.expected, "Choose again"),
      };
    case "trouble":
      return {
        title: "Not connected",
        lines: [
          result.message,
          ...(result.mayPass ? ["This may pass: try again in a few minutes."] : []),
          `This was on ${on}.`,
        ],
        link: linkTo(base, result.expected, "Start again"),
      };
  }
}

function statusOf(result: InstallResult): number {
  switch (result.kind) {
    case "connected":
      return 200;
    case "refused":
      return 400;
    case "wrong_connection":
      return 409;
    case "trouble":
      return result.status;
  }
}
