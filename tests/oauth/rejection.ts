import assert from "node:assert/strict";
import { HighLevelError } from "../../src/oauth/highlevel_error.ts";

/** The `HighLevelError` that `promise` ends in; anything else fails the test. */
export async function rejection(promise: Promise<unknown>): Promise<HighLevelError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof HighLevelError, `not a HighLevelError: ${Deno.inspect(error)}`);
    return error;
  }
  assert.fail("it should have been rejected");
}
