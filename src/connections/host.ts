/*
 * What the core shows to hosts of this repository that run it inside objects of their own, as the worker does: the parts it is made of.
 * Nothing here is promised to anybody else; the doors are in `mod.ts`.
 */
export { type AgencyStanding, type WayBack, wayBack } from "./agency_first.ts";
export { type Authorization, exchangeGrant } from "./authorize.ts";
export { authorizedFetch } from "./authorized_fetch.ts";
export {
  type Brake,
  type RunTrouble,
  slowed,
  type SystemicTrouble,
  systemicTrouble,
  troubled,
} from "./brake.ts";
export { decodeRecord, encodeRecord } from "./codec.ts";
export { keyOf, spreadOf, targetOf } from "./connection_key.ts";
export { withDeadline } from "./deadline.ts";
export { Healings } from "./healings.ts";
export type { Grant } from "./outcome.ts";
export { freshness, isYoung, marginOf } from "./policy.ts";
export { agenciesOf, type ConnectionRecord, REFRESH_TOKEN_MS, unlessForgotten } from "./record.ts";
export { agency } from "./steps/agency.ts";
export { connectedRecord, isNewerThan, withDetails } from "./transitions.ts";
