import type { TokenState } from "../../connections/mod.ts";
import type { ObjectParts } from "./object_parts.ts";
import { suspendedError } from "./suspension.ts";

/**
 * Whether HighLevel takes the token that is held: one cheap call, and no healing.
 *
 * @throws {HighLevelError} `location_inactive` with reason `suspended`: nothing is asked for such a connection.
 */
export async function checkConnection(
  { connections, facts, target }: ObjectParts,
): Promise<{ readonly token: TokenState }> {
  const { suspended } = facts.installation;
  if (suspended) throw suspendedError(target, suspended);
  return { token: await connections.check(target) };
}
