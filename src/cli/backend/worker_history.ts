import { defined } from "../../oauth/defined.ts";
import { isObject, moment } from "../../oauth/fields.ts";
import type { ConnectionTarget } from "../../oauth/target.ts";
import type { DescribedConnection, HistoryLine } from "./backend.ts";
import { connectionFrom } from "./worker_answers.ts";
import { askWorker, pathOf, strangerError, textOf, type WorkerAddress } from "./worker_api.ts";

/** All that a worker knows of one connection; `undefined` where it knows nothing. */
export async function describeConnection(
  worker: WorkerAddress,
  target: ConnectionTarget,
): Promise<DescribedConnection | undefined> {
  const { status, body } = await askWorker(worker, pathOf(target), { expect: [404], target });
  if (status === 404) return undefined;
  const connection = connectionFrom({ target, ...body });
  if (!connection) throw strangerError(worker.url, target);
  const history = Array.isArray(body.history) ? body.history.flatMap(historyLineFrom) : [];
  const needsPerson = connection.status === "reauthorization_required";
  const link = needsPerson ? await linkOf(worker, target) : undefined;
  return defined({ connection, nextAt: moment(body.nextAt), link, history });
}

/** What the app's own page would show: nothing is made by looking. A viewer's key does not get it. */
async function linkOf(worker: WorkerAddress, target: ConnectionTarget): Promise<string | undefined> {
  const { body } = await askWorker(worker, `${pathOf(target)}/health`, { expect: [403, 404, 503], target });
  return textOf(body.url);
}

function historyLineFrom(value: unknown): HistoryLine[] {
  const at = isObject(value) ? moment(value.at) : undefined;
  const type = isObject(value) ? textOf(value.type) : undefined;
  if (!isObject(value) || !at || !type) return [];
  return [defined({
    at,
    type,
    by: textOf(value.by),
    code: textOf(value.code),
    message: textOf(value.message),
    traceId: textOf(value.traceId),
    actor: textOf(value.actor),
  })];
}
