/*
 * What the files of people show to hosts of this repository beside their door. Nothing here is promised to anybody else.
 */
export { csvLine } from "./csv_line.ts";
export { isPrivateIntegration } from "./cell_values.ts";
export { isSameApp, type TokenFacts, tokenFacts } from "./token_facts.ts";
export { readConnections } from "./read_connections.ts";
