/**
 * HighLevel in miniature as one fetch handler: for tests, demos, and trying out recovery without an account.
 *
 * It runs wherever there is `fetch`'s `Request` and `Response`, imports nothing, and shares no code with the
 * client it is used to test.
 *
 * @example A client's fetch is the sandbox's
 * ```ts
 * import { createSandbox } from "./mod.ts";
 *
 * const sandbox = createSandbox();
 * const { locationId } = sandbox.addLocation();
 * const tokens = sandbox.install({ locationId });
 *
 * const response = await sandbox.fetch(`https://services.leadconnectorhq.com/locations/${locationId}`, {
 *   headers: { authorization: `Bearer ${tokens.access_token}`, version: "2021-07-28" },
 * });
 * if (!response.ok) throw new Error(await response.text());
 * ```
 *
 * @module
 */
export { createSandbox } from "./create_sandbox.ts";
export type { Sandbox } from "./sandbox.ts";
export type { CompanyWithLocations, SandboxApp, SandboxOptions, SandboxRateLimit } from "./options.ts";
export type { CompanySeed, Installation, LocationSeed, SandboxCredentials, SandboxTarget } from "./world.ts";
export type { Fault, FaultHandle, FaultKind, FaultSituation } from "./faults.ts";
export { faultTable } from "./faults.ts";
export type { ReadRequest } from "./answer_call.ts";
export type { Answer } from "./call.ts";
export type { TokenAnswer } from "./token_answer.ts";
export type { Endpoint, SandboxCounts, SandboxRequest } from "./traffic.ts";
export type { WebhookBody } from "./webhook_body.ts";
export type { SignedWebhook } from "./webhook_signer.ts";
export type { CodeState, SandboxState, TokenState } from "./snapshot.ts";
export type { RandomState } from "./random.ts";
