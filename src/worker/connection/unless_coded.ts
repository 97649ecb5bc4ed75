import { HighLevelError } from "../../oauth/mod.ts";

/** Nothing for a coded error: the core has told it by an event, and the next try decides. Throws any other one. */
export function unlessCoded(error: unknown): undefined {
  if (!(error instanceof HighLevelError)) throw error;
}
