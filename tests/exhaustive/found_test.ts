import assert from "node:assert/strict";
import { Connections } from "../../src/connections/connections.ts";
import { replay } from "./explore.ts";
import { FOUND } from "./found.ts";
import { textOf } from "./kinds.ts";
import { startNamed } from "./starts.ts";

for (const { bug, start, windowMs, hasReconnect, decisions } of FOUND) {
  Deno.test(`no more: ${bug}`, async () => {
    const finding = await replay(
      { start: startNamed(start), windowMs, hasReconnect, Connections },
      decisions,
    );
    assert.equal(finding.violations.length, 0, textOf(finding));
    for (const [, instead] of decisions) assert.ok(finding.trace.includes(instead), `${instead} never came`);
  });
}
