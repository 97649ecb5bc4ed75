/**
 * What the core does, checked the same way in every runtime. No test runner, nothing but the core and the sandbox:
 * `fetch` is the sandbox's, so no network is needed either.
 *
 * @module
 */
import type { Check } from "./check.ts";
import { bulkChecks } from "./checks/bulk.ts";
import { clientChecks } from "./checks/client.ts";
import { errorChecks } from "./checks/errors.ts";
import { flightChecks } from "./checks/flights.ts";
import { ladderChecks } from "./checks/ladder.ts";
import { sealingChecks } from "./checks/sealing.ts";
import { secretChecks } from "./checks/secrets.ts";
import { webhookChecks } from "./checks/webhooks.ts";
import { wireChecks } from "./checks/wire.ts";

/** How one check ended. */
export interface ConformanceResult {
  /** Group and sentence: `ladder: an expired token is refreshed, once`. */
  readonly name: string;
  /** Whether it is so here. */
  readonly ok: boolean;
  /** Why not. */
  readonly error?: string;
  /** What this runtime has not, so that the check could not run; then `ok` is `false`. */
  readonly lacks?: string;
}

const GROUPS: Readonly<Record<string, readonly Check[]>> = {
  "wire 2021-07-28": wireChecks("2021-07-28"),
  "wire v3": wireChecks("v3"),
  "errors": errorChecks,
  "ladder": ladderChecks,
  "single flight": flightChecks,
  "bulk": bulkChecks,
  "sealing": sealingChecks,
  "webhooks": webhookChecks,
  "secrets": secretChecks,
  "client": clientChecks,
};

/** Runs every check, one after another. Never rejects. */
export async function runConformance(): Promise<ConformanceResult[]> {
  const hasEd25519 = await supportsEd25519();
  const results: ConformanceResult[] = [];
  for (const [group, checks] of Object.entries(GROUPS)) {
    for (const { name, needs, run } of checks) {
      const named = { name: `${group}: ${name}` };
      if (needs === "Ed25519" && !hasEd25519) results.push({ ...named, ok: false, lacks: needs });
      else results.push(await resultOf(run).then((result) => ({ ...named, ...result })));
    }
  }
  return results;
}

async function resultOf(run: () => Promise<void>): Promise<Omit<ConformanceResult, "name">> {
  try {
    await run();
    return { ok: true };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? `${error.name}: ${error.message}` : `${error}` };
  }
}

async function supportsEd25519(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}
