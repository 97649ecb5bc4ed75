/*
 * What the reader of people's files shows to hosts of this repository beside its door. Nothing here is promised to anybody else.
 */
export { isPrivateIntegration } from "./cell_values.ts";
export { isSameApp, type TokenFacts, tokenFacts } from "./token_facts.ts";
