/**
 * HighLevel's own SDK (`@gohighlevel/api-client`) with connections that heal, without rewriting what uses it. Nothing of the SDK is
 * imported: its parts are known by their shape.
 *
 * @module
 */
export { healing, type HealingOptions } from "./healing.ts";
export type { AlsoFailed } from "./their_storage.ts";
export type { HighLevelSdk, SdkRequest, SdkSession, SdkSessionStorage } from "./sdk.ts";
export type { CaringConnections } from "./caring.ts";
export type { ConnectionTarget, UserType } from "../oauth/target.ts";
export type { TokenSet } from "../oauth/token_set.ts";
