import { equal } from "node:assert/strict";
import type { HighLevelApp } from "../../src/oauth/mod.ts";
import { openReturnLink } from "../../src/worker/customer/return_link.ts";
import { SEALING_KEY, until, type WorkerWorld } from "./worker_world.ts";

/** One connection of a world. */
export type Target = { readonly locationId: string } | { readonly companyId: string };

/** What a connection is called in paths, and its object. */
export function nameOf(target: Target): string {
  return "locationId" in target ? `location/${target.locationId}` : `company/${target.companyId}`;
}

/** Has HighLevel deliver a webhook. */
export async function deliver(
  { sandbox, json }: WorkerWorld,
  body: string | object,
): Promise<{ readonly status: number; readonly taken: unknown }> {
  const { body: text, headers } = await sandbox.signWebhook(body);
  const answer = await json("/webhooks/highlevel", { method: "POST", body: text, headers, key: null });
  return { status: answer.status, taken: answer.body.taken };
}

/** A connection as the worker shows it; empty where it is not known. */
export async function look({ json }: WorkerWorld, target: Target): Promise<Record<string, unknown>> {
  const { status, body } = await json(`/connections/${nameOf(target)}`);
  return status === 404 ? {} : body;
}

/** Its status; `undefined` where it is not known. */
export async function statusOf(world: WorkerWorld, target: Target): Promise<unknown> {
  return (await look(world, target)).status;
}

/** Puts tokens under management, of the app that is mounted at `base`. */
export async function put({ call }: WorkerWorld, target: Target, tokens: object, base = ""): Promise<void> {
  const response = await call(`${base}/connections/${nameOf(target)}`, {
    method: "PUT",
    body: JSON.stringify(tokens),
    headers: { "Content-Type": "application/json" },
  });
  equal(response.status, 204, await response.text());
}

/**
 * Installs the app at HighLevel and puts its tokens under management. An agency has told its locations of them by then: by its
 * own alarm it does so at any later moment, which is in the middle of the test on a busy machine.
 */
export async function importTokens(world: WorkerWorld, target: Target): Promise<void> {
  await put(world, target, world.sandbox.install(target));
  if ("companyId" in target) await world.ring(nameOf(target));
}

/** Puts a connection under management that is lost by now: its tokens have ended, and the app is installed there no more. */
export async function importLost(world: WorkerWorld, target: Target): Promise<void> {
  await put(world, target, { ...world.sandbox.install(target), expires_in: 0 });
  world.sandbox.uninstall(target);
}

/** Waits until a location's object has heard from its agency's that this mints for it. */
export async function hasMinted(world: WorkerWorld, location: Target): Promise<void> {
  const knows = `SELECT 1 FROM key_values WHERE name = 'installation' AND value LIKE '%"knownAt"%'`;
  await until(async () => (await world.sql(nameOf(location), knows)).length === 1);
}

/** Makes an installation that waits for its redirect due now. */
export async function graceEnds(world: WorkerWorld, target: Target): Promise<void> {
  const waits = "SELECT 1 FROM schedule WHERE name = 'install' AND attempt = 1";
  await until(async () => (await world.sql(nameOf(target), waits)).length > 0);
  await world.sql(nameOf(target), "UPDATE schedule SET at = 1 WHERE name = 'install'");
  await world.ring(nameOf(target));
}

/** Waits until the directory has built its list. */
export async function listIsBuilt({ json }: Pick<WorkerWorld, "json">): Promise<void> {
  await until(async () => (await json("/connections?limit=1")).body.isComplete === true, "the list is built");
}

/** Recovers a connection as a person does; tells the status of the answer. */
export async function recover({ json }: WorkerWorld, target: Target, query = ""): Promise<number> {
  return (await json(`/connections/${nameOf(target)}/recover${query}`, { method: "POST" })).status;
}

/**
 * Lets what a connection's object has found out reach people: by its own alarm to the directory, and by that one's to the
 * chat. Real alarms do not follow the clock.
 */
export async function tell(world: WorkerWorld, target: Target | string): Promise<void> {
  const name = typeof target === "string" ? target : nameOf(target);
  await world.ring(name);
  await world.advance(1_500);
  await world.ring(name);
  await world.ring("0", "directory");
}

/** Ends the instance of a connection's object, as a deployment or an eviction does; the next call makes another one. */
export async function endObject(world: WorkerWorld, target: Target | string): Promise<void> {
  const name = typeof target === "string" ? target : nameOf(target);
  await world.handle("call", { name, method: "testEnd", args: [] }).catch(() => {}); // the call ends with it
}

/** What was counted in the worker since `before`, an earlier count. */
export async function countsSince(
  { handle }: WorkerWorld,
  before: Readonly<Record<string, number>> = {},
): Promise<Record<string, number>> {
  const counts: Record<string, number> = Object(await handle("woken"));
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, count - (before[name] ?? 0)])
      .filter(([, count]) => count !== 0),
  );
}

/** Whom a link of `app` that the worker at `site` made is for; nothing where it is none. */
export async function linkTarget(
  link: unknown,
  app: HighLevelApp,
  site = "https://worker.example",
): Promise<unknown> {
  const [before = "", token = ""] = String(link).split("/r/");
  equal(before, site, String(link));
  return (await openReturnLink({ app, sealingKeys: [SEALING_KEY] }, token))?.target;
}
