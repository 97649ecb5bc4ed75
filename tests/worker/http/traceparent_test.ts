import { deepEqual, equal } from "node:assert/strict";
import { sentHeaders } from "../../../src/worker/api/proxied_headers.ts";
import { traceparentIn } from "../../../src/worker/http/traceparent.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const RIGHT = `00-${TRACE}-${SPAN}-01`;

/** What callers send, and what is taken of it. */
const CASES: readonly (readonly [sent: string, taken: string | undefined])[] = [
  [RIGHT, RIGHT],
  [`00-${TRACE}-${SPAN}-00`, `00-${TRACE}-${SPAN}-00`],
  [`cc-${TRACE}-${SPAN}-01-what-the-future-says`, `cc-${TRACE}-${SPAN}-01`],
  [`cc-${TRACE}-${SPAN}-01`, `cc-${TRACE}-${SPAN}-01`],
  ["", undefined],
  [`${RIGHT}-more`, undefined],
  [`ff-${TRACE}-${SPAN}-01`, undefined],
  [`00-${"0".repeat(32)}-${SPAN}-01`, undefined],
  [`00-${TRACE}-${"0".repeat(16)}-01`, undefined],
  [RIGHT.toUpperCase(), undefined],
  [`00-${TRACE}-${SPAN}`, undefined],
  [`00-${TRACE}x-${SPAN}-01`, undefined],
  [`00_${TRACE}_${SPAN}_01`, undefined],
  [`cc-${TRACE}-${SPAN}-01-${"x".repeat(200)}`, undefined],
  [`cc-${TRACE}-${SPAN}-01.x`, undefined],
];

Deno.test("a traceparent is taken by the letter of W3C Trace Context, and HighLevel gets it or none at all", () => {
  for (const [sent, taken] of CASES) {
    const headers = new Headers({ tracestate: "vendor=1", traceparent: sent });
    equal(traceparentIn(headers), taken, sent);
    const passed = sentHeaders(headers);
    deepEqual(
      [passed.get("traceparent"), passed.get("tracestate")],
      taken === undefined ? [null, null] : [sent, "vendor=1"],
      sent,
    );
  }
});
