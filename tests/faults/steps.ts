import assert from "node:assert/strict";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";
import { installedLocations } from "../../src/oauth/installed_locations.ts";
import type { Recovery } from "../../src/connections/recovery.ts";
import type { Fault } from "../../src/sandbox/mod.ts";
import { verifyWebhook } from "../../src/webhooks/verify_webhook.ts";
import { webhookSeen } from "../../src/webhooks/webhook_seen.ts";
import type { Cell } from "./cell.ts";

/** One column of the matrix: something a process does, and how it goes on afterwards. */
export interface Step {
  readonly name: string;
  /** Which of HighLevel's endpoints is in trouble. */
  readonly on: Fault["on"];
  /** Makes the world; connects what needs it. Meets no trouble. */
  readonly prepare: (cell: Cell) => Promise<void>;
  /** Does the work in trouble; tells in a word what the caller got. Throws as the caller sees it. */
  readonly run: (cell: Cell) => Promise<string>;
  /** What the caller does when the trouble is over, before it uses its connections. */
  readonly goOn?: (cell: Cell) => Promise<void>;
  /** No way back is left but the refresh token: losing its answer costs the connection, and that is told. */
  readonly hasNoWayBack?: true;
}

const LONELY = { locationId: "lonely" };
const CHILD = { locationId: "child" };
const AGENCY = { companyId: "agency" };
const BULK = Array.from({ length: 8 }, (_, n) => ({ locationId: `bulk${n}` }));

export const STEPS: readonly Step[] = [
  {
    name: "refresh",
    on: "refresh",
    prepare: async ({ w, targets }) => {
      await w.connect(LONELY);
      w.expire();
      targets.push(LONELY);
    },
    run: (cell) => token(cell),
  },
  {
    name: "last refresh",
    on: "refresh",
    hasNoWayBack: true,
    prepare: async ({ w, targets }) => {
      await w.connect(LONELY);
      w.expire();
      w.sandbox.removeReconnect();
      targets.push(LONELY);
    },
    run: (cell) => token(cell),
  },
  {
    name: "reconnect",
    on: "reconnect",
    prepare: async ({ w, targets }) => {
      await w.connect(LONELY);
      w.expire();
      w.sandbox.loseTokens(LONELY);
      targets.push(LONELY);
    },
    run: async ({ connections }) => outcome(await connections.recover(LONELY)),
  },
  {
    name: "exchange",
    on: "exchange",
    prepare: ({ targets }) => {
      targets.push(LONELY);
      return Promise.resolve();
    },
    run: (cell) => token(cell),
  },
  {
    name: "location token",
    on: "locationToken",
    prepare: async ({ w, targets }) => {
      await w.connect(AGENCY);
      await w.connect(CHILD);
      w.sandbox.loseTokens(CHILD);
      w.sandbox.expireAccessTokens(CHILD);
      w.sandbox.removeReconnect();
      targets.push(CHILD);
    },
    run: async ({ connections }) => outcome(await connections.recover(CHILD, { details: AGENCY })),
  },
  {
    name: "agency's refresh",
    on: "refresh",
    prepare: async ({ w, targets }) => {
      await w.connect(AGENCY);
      w.expire();
      w.sandbox.fault({
        on: (request) => request.url.pathname === "/oauth/reconnect" && request.body.includes("locationId"),
        kind: "status",
        status: 400,
        body: { statusCode: 400, message: "not now" },
        times: 1_000,
      });
      targets.push(CHILD, AGENCY);
    },
    run: async ({ connections }) => outcome(await connections.recover(CHILD, { details: AGENCY })),
    // Whose location it is was the caller's to know: it says so again.
    goOn: async ({ connections }) =>
      assert.equal((await connections.recover(CHILD, { details: AGENCY })).outcome, "recovered"),
  },
  {
    name: "installed",
    on: "installedLocations",
    prepare: async ({ w, targets }) => {
      await w.connect(AGENCY);
      w.expire();
      targets.push(AGENCY);
    },
    run: async (cell) => `${(await installed(cell)).length} locations`,
    goOn: async (cell) => assert.deepEqual(await installed(cell), ["child", "other"]),
  },
  {
    name: "authorize",
    on: "exchange",
    prepare: ({ w, notes, targets }) => {
      notes.set("code", w.sandbox.authorize(LONELY));
      targets.push(LONELY);
      return Promise.resolve();
    },
    run: async ({ connections, notes }) =>
      (await connections.authorize({ code: notes.get("code") ?? "" })).status,
  },
  {
    name: "webhook",
    on: "any",
    prepare: async ({ w, notes, targets }) => {
      const { body, headers } = await w.sandbox.signWebhook(w.sandbox.webhook("INSTALL", CHILD));
      notes.set("body", body).set("signature", headers["x-ghl-signature"] ?? "");
      targets.push(CHILD);
    },
    run: async (cell) => `answered ${await deliver(cell)}`,
    goOn: async (cell) => assert.equal(await deliver(cell), 200), // HighLevel delivers again
  },
  {
    name: "bulk",
    on: "any",
    prepare: async ({ w, targets }) => {
      for (const target of BULK) await w.connect(target);
      w.expire();
      targets.push(...BULK);
    },
    run: async (cell) => {
      const ends: Record<string, number> = {};
      for await (const recovery of cell.connections.recoverAll(await listed(cell), { concurrency: 4 })) {
        cell.shown.push(recovery);
        const { outcome: end } = recovery;
        ends[end] = (ends[end] ?? 0) + 1;
      }
      return Object.entries(ends).map(([end, count]) => `${count} ${end}`).join(" ");
    },
  },
];

async function token({ connections, w }: Cell): Promise<string> {
  const accessToken = await connections.accessToken(LONELY);
  return w.sandbox.isLiving(accessToken) ? "token" : "old token";
}

function outcome(recovery: Recovery): string {
  if (recovery.outcome === "failed" && recovery.error) throw recovery.error;
  return recovery.outcome;
}

async function installed({ connections, w }: Cell): Promise<string[]> {
  const found: string[] = [];
  const { app } = w.sandbox;
  const accessToken = await connections.accessToken(AGENCY);
  const pages = installedLocations(
    { ...app, fetch: w.sandbox.fetch },
    { ...AGENCY, accessToken, pageSize: 1 },
    { sleep: w.clock.sleep, now: w.clock.now, timeoutMs: 25 },
  );
  for await (const { locationId } of pages) found.push(locationId);
  return found.sort();
}

/** A handler of INSTALL webhooks as a user would write it: work first, then remember the delivery. */
async function deliver({ connections, notes, store, shown, w }: Cell): Promise<number> {
  const request = new Request("https://app.example/webhooks", {
    method: "POST",
    headers: { "x-ghl-signature": notes.get("signature") ?? "" },
    body: notes.get("body") ?? "",
  });
  const now = w.clock.now;
  try {
    const event = await verifyWebhook(request, { publicKey: await w.sandbox.webhookPublicKey(), now });
    const { locationId = "", companyId = "", webhookId = "" } = event;
    const recovery = await connections.recover({ locationId }, { details: { companyId } });
    shown.push(recovery);
    if (recovery.outcome !== "recovered") return 503;
    await webhookSeen(store, webhookId, { now });
    return 200;
  } catch (error) {
    shown.push(error);
    if (error instanceof HighLevelError) return error.code === "invalid_webhook" ? 401 : 503;
    return 500;
  }
}

async function listed({ connections }: Cell): Promise<{ locationId: string }[]> {
  const found: { locationId: string }[] = [];
  let cursor: string | undefined;
  do {
    const page = await connections.list({ limit: 5, ...(cursor !== undefined && { cursor }) });
    for (const { target } of page.connections) {
      if (target.locationId !== undefined) found.push({ locationId: target.locationId });
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}
