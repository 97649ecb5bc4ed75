/**
 * A HighLevel connection that cannot stay lost: OAuth tokens of marketplace apps, kept, refreshed and recovered with
 * nothing but `fetch`.
 *
 * @module
 */
export * from "./src/oauth/mod.ts";
export * from "./src/connections/mod.ts";
export * from "./src/stores/mod.ts";
export * from "./src/webhooks/mod.ts";
