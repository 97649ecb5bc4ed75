/**
 * HighLevel in miniature as one fetch handler: for tests, demos, and trying out recovery without an account.
 *
 * It runs wherever there is `fetch`'s `Request` and `Response`, imports nothing, and shares no code with the
 * client it is used to test. It is never kinder than HighLevel; `docs/SANDBOX.md` lists every switch, with the source
 * of the fact behind it.
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
export type { AnswerExpiresIn, SandboxSwitches } from "./switches.ts";
export type {
  BulkSeed,
  CompanyLimits,
  CompanySeed,
  InstallationSeed,
  LocationSeed,
  SandboxCredentials,
  SandboxTarget,
  WhiteLabel,
} from "./seeds.ts";
export type { Installation } from "./installation.ts";
export type { InstallOptions } from "./install.ts";
export type { TransferOptions } from "./transfer.ts";
export type { DeprecationOptions } from "./deprecation.ts";
export type { Fault, FaultHandle, FaultKind, FaultSituation } from "./faults.ts";
export { faultTable } from "./faults.ts";
export type { ReadRequest } from "./answer_call.ts";
export type { Answer } from "./call.ts";
export type { TokenAnswer } from "./token_answer.ts";
export type { Endpoint, RedirectMode, SandboxCounts, SandboxRequest } from "./traffic.ts";
export type { WebhookBody, WebhookOptions, WebhookType } from "./webhook_body.ts";
export type { WebhookDelivery, WebhookSend, WebhookSubscription } from "./webhook_courier.ts";
export type { SignedWebhook } from "./webhook_signer.ts";
export type { CodeState, InstallationState, LaterField, SandboxState, TokenState } from "./snapshot.ts";
export type { Rotation } from "./ledger.ts";
export type { Deprecation } from "./world.ts";
export type { RandomState } from "./random.ts";
