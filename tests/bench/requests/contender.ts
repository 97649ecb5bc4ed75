import type { HighLevelApp } from "../../../mod.ts";
import type { TokenAnswer } from "../../../src/sandbox/mod.ts";

/** A client library under comparison. */
export interface Contender {
  /** Its name. */
  readonly name: string;
  /** Sets it up with an empty store. */
  deploy(app: HighLevelApp, trouble: StoreTrouble): Deployment;
  /** One process of it, with its records in Deno KV. */
  onKv(app: HighLevelApp, kv: Deno.Kv): Client;
}

/** Processes that share one store. */
export interface Deployment {
  /** A process that knows only what the store holds. */
  client(): Client;
}

/** One process. */
export interface Client {
  /** Puts the tokens of an installation under management. */
  save(target: Target, answer: TokenAnswer, age: "living" | "expired"): Promise<void>;
  /** Calls HighLevel's API for a location; rejects when it does not succeed. */
  call(locationId: string): Promise<void>;
}

/** Whose tokens. */
export type Target = { readonly locationId: string } | { readonly companyId: string };

/** What befalls the store: awaited while an answer is on its way, and before each write. */
export interface StoreTrouble {
  afterRead(): Promise<void>;
  beforeWrite(): Promise<void>;
}
