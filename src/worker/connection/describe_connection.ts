import type { Connection } from "../../connections/mod.ts";
import { defined } from "../../oauth/host.ts";
import type { ConnectionStatus } from "../../stores/mod.ts";
import type { DescribedConnection } from "./connection_api.ts";
import { shownStatus } from "./directory_report.ts";
import { isInstalledSince } from "./installation.ts";
import { refreshTokenEndsAt, SUSPENDED, suspendedError } from "./suspension.ts";
import { installationDetails } from "./link_for.ts";
import type { ObjectParts } from "./object_parts.ts";

/** What is known of the connection, without a request. */
export async function describeConnection(parts: ObjectParts): Promise<DescribedConnection> {
  const { target, connections, facts, history, schedule } = parts;
  const record = await parts.record();
  const connection = await connections.get(target);
  const { linksRevokedAt, linkOpenedAt, returned, trouble, suspended } = facts.installation;
  const { told } = facts.report;
  const status = record && shownStatus(record, facts.installation, Date.now());
  return defined({
    connection: connection && status && status !== "forgotten"
      ? { ...connection, status, ...troubleOf(parts, status) }
      : connection,
    suspended: suspended && defined({ ...suspended, refreshTokenEndsAt: refreshTokenEndsAt(record) }),
    history: history.entries(),
    installation: installationDetails(parts, record),
    isAwaited: isInstalledSince({ facts: facts.installation, record }),
    isForgotten: record?.status === "forgotten",
    links: defined({
      revokedAt: linksRevokedAt,
      openedAt: linkOpenedAt,
      returnedAt: returned?.at,
      returnedBy: returned?.by,
    }),
    since: suspended?.at ??
      (told && told.status === status ? told.since : trouble?.since ?? record?.updatedAt),
    nextAt: schedule.next("refresh", "heal", "install"),
  });
}

/** Why it is not connected, where its record does not say that: a person suspended it, or its token ended while trouble lasts. */
function troubleOf(
  { target, facts, history }: ObjectParts,
  status: ConnectionStatus,
): Pick<Connection, "trouble"> {
  const { suspended, trouble } = facts.installation;
  if (suspended) {
    return { trouble: { ...SUSPENDED, message: suspendedError(target, suspended).message } };
  }
  const { code, reason, traceId } = trouble ?? {};
  if (status !== "broken" || !code) return {};
  const message = history.entries().find((entry) => entry.code === code)?.message ?? code;
  return { trouble: defined({ code, reason, message, traceId }) };
}
