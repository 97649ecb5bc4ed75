import { deepEqual, equal, ok } from "node:assert/strict";
import { read, utils } from "xlsx";
import english from "../../../src/worker/assets/words.en.json" with { type: "json" };
import korean from "../../../src/worker/assets/words.ko.json" with { type: "json" };
import { filledMessage, messageIn } from "../../../src/worker/http/campaign_message.ts";
import { type Cells, csvResponse } from "../../../src/worker/http/csv_response.ts";
import { type LostReason, lostReason } from "../../../src/worker/http/lost_reason.ts";
import { RELINK_COLUMNS, relinkCells } from "../../../src/worker/http/relink_csv.ts";

const UNTIL = Date.UTC(2026, 11, 11);

Deno.test("why a connection is lost, in words that a customer understands", () => {
  const cases: readonly (readonly [...Parameters<typeof lostReason>, LostReason | undefined])[] = [
    ["reauthorization_required", "invalid_grant", "ended"],
    ["reauthorization_required", undefined, "ended"],
    ["reauthorization_required", "not_installed", "removed"],
    ["reauthorization_required", "forbidden/scope", "forbidden"],
    ["broken", "unavailable", "trouble"],
    ["paused", "location_inactive", "paused"],
    ["connected", undefined, undefined],
    [undefined, undefined, undefined],
  ];
  for (const [status, cause, reason] of cases) equal(lostReason(status, cause), reason, `${status} ${cause}`);
});

Deno.test("10,000 lines are read by a spreadsheet as they are, made a page at a time and no sooner than they are read", async () => {
  let made = 0;
  async function* pages(): AsyncGenerator<readonly Cells[], void, undefined> {
    for (let page = 0; page < 20; page++) {
      made++;
      yield await Promise.resolve(Array.from({ length: 500 }, (_, n) => {
        const at = page * 500 + n;
        const line = {
          kind: "location" as const,
          id: `loc${at}`,
          name: at % 2 ? `=cmd|'/C calc'!A${at}` : `한빛 치과, "${at}"\n서울`,
          agency: "Müller; Söhne",
          status: "reauthorization_required" as const,
          since: Date.UTC(2026, 10, 27, 9, 5),
        };
        return [...relinkCells(line, korean), `https://worker.example/r/${at}`];
      }));
    }
  }
  const response = csvResponse("campaign.csv", [...RELINK_COLUMNS, "link"], pages());
  equal(response.headers.get("content-type"), "text/csv; charset=utf-8");
  equal(response.headers.get("content-disposition"), `attachment; filename="campaign.csv"`);
  ok(made <= 1, "nobody has read anything");
  const { Sheets, SheetNames: [first = ""] } = read(await response.arrayBuffer(), { raw: true });
  const rows = utils.sheet_to_json<Record<string, string>>(Sheets[first] ?? {}, { defval: "" });
  equal(rows.length, 10_000);
  deepEqual(rows[4_242], {
    kind: "location",
    id: "loc4242",
    name: `한빛 치과, "4242" 서울`,
    agency: "Müller; Söhne",
    reason: korean.reasons.ended,
    since: "2026-11-27 09:05",
    opened: "",
    reconnected: "",
    link: "https://worker.example/r/4242",
  });
  equal(rows[9_999]?.name, "'=cmd|'/C calc'!A9999", "text, no formula");
});

Deno.test("a message has each one's own name, link and day, in both languages; edited words stay as they are", () => {
  const values = { name: "Alder Dental", link: "https://worker.example/r/x", until: UNTIL };
  const text = filledMessage(messageIn(english), english, values);
  for (
    const part of [
      "and Alder Dental was lost",
      "choose Alder Dental on",
      "https://worker.example/r/x",
      "December 11, 2026",
    ]
  ) {
    ok(text.includes(part), part);
  }
  ok(!/\{\w+\}/.test(text));
  const inKorean = filledMessage(messageIn(korean), korean, values);
  for (const part of ["Alder Dental 계정과", "2026년 12월 11일"]) ok(inKorean.includes(part), inKorean);
  ok(!/\{\w+\}/.test(inKorean));
  equal(
    filledMessage(messageIn(english, { en: "{name}: {link} {other}" }), english, {
      ...values,
      name: undefined,
    }),
    "your account: https://worker.example/r/x {other}",
  );
  equal(messageIn(korean, { en: "only English" }), korean.campaignMessage);
});
