import assert from "node:assert/strict";
import type { StoreAddress } from "./open_store_at.ts";
import { sharedWorld } from "./shared_world.ts";

/** How many steps outside (calls of the store and of HighLevel, taking the lock and giving it back) one refresh has. */
export async function stepsOfOneRefresh(address: StoreAddress): Promise<number> {
  await using world = sharedWorld(address);
  await world.saveExpired();
  const process = world.start({ do: "die", step: 0, when: "before" });
  const steps = Number(await process.line());
  assert.ok(await process.end());
  return steps;
}

/** Kills a process at one step of its refresh; the next one has a living token, and nothing had to be recovered. */
export async function killedAt(address: StoreAddress, step: number, when: "before" | "after"): Promise<void> {
  await using world = sharedWorld(address);
  await world.saveExpired();
  const process = world.start({ do: "die", step, when });
  assert.equal(await process.end(), false, "it was killed");
  const what = `killed ${when} step ${step}`;
  assert.ok(world.sandbox.isLiving(await world.token()), what);
  assert.equal(world.sandbox.counts.reconnect, 0, `${what}: no token was lost`);
}
