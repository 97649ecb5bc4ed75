// What must hold of every run, once nothing goes wrong any more and everything has come to its end.
import type { CallEnd, Process } from "./process.ts";
import { EXCUSES } from "./faults.ts";
import type { Choose, Run } from "./run.ts";
import { REVIVES } from "./starts.ts";

/** A process that comes later than this asks again: whatever failed is no longer remembered, ms. */
const LATER_MS = 150_000;

/** No decisions: the way by itself. */
export const byItself: Choose = ([first]) => first;

/**
 * Ends a run and checks it: the processes that live write what they have in memory, as they would before they exit, and a fresh
 * one asks for a token. What may not be is added to `run.violations`.
 */
export async function finish(run: Run): Promise<void> {
  const hold = (isTrue: boolean, otherwise: string): void => {
    if (!isTrue) run.violations.push(otherwise);
  };
  run.endFaults();
  await run.go(byItself);
  for (const { name, end } of run.living()) hold(end !== undefined, `${name} never ends`);
  if (run.violations.length > 0) return;
  const living = run.living();
  if (run.faults.length === 0) { for (const process of living) checkFaultless(run, process, hold); }

  for (const process of living) await run.have(process, ({ connections }) => connections.flush());
  await run.go(byItself);
  run.time.at += LATER_MS;
  run.add("F", "accessToken");
  await run.go(byItself);
  if (run.violations.length > 0) return;
  const { end = {} } = run.processes.at(-1) ?? {};
  checkEnd(run, end, living, hold);
}

/** Nothing went wrong: everybody got what he asked for, for as few requests as there can be. */
function checkFaultless(
  { highLevel: { sandbox }, options }: Run,
  { name, call, end = {} }: Process,
  hold: (isTrue: boolean, otherwise: string) => void,
): void {
  if (options.isLagging) return; // without a lock each process asks for itself
  const { start: { name: start, calls }, hasReconnect } = options;
  const isLost = start.startsWith("lost");
  const isForgetting = calls.includes("forget") || start.startsWith("forgotten");
  const code = isLost && !hasReconnect && !calls.includes("authorize")
    ? "reauthorization_required"
    : undefined;
  const mayFail = isForgetting || isLost && call === "recover" && calls.includes("authorize");
  hold(mayFail || end.code === code, `${name} ends with ${end.code}`);
  const { refresh, reconnect } = sandbox.counts;
  hold(refresh <= 2, `${refresh} refreshes`);
  hold(isLost || isForgetting || reconnect === 0, `${reconnect} times Reconnect`);
}

function checkEnd(
  run: Run,
  end: CallEnd,
  living: readonly Process[],
  hold: (isTrue: boolean, otherwise: string) => void,
): void {
  const { highLevel: { sandbox, grants }, options: { hasReconnect, start, isLagging, windowMs } } = run;
  const isExcused = run.faults.some((fault) => EXCUSES.has(fault));
  const { spentRefreshTokenUses } = sandbox.counts;
  hold(isExcused || isLagging === true || spentRefreshTokenUses === 0, "a spent refresh token was sent");

  const known = grants.filter(({ isTold, by, child }) => isTold && !by.isDead && sandbox.isLiving(child));
  const record = run.record();
  const isStored = sandbox.isLiving(record?.tokens?.refreshToken ?? "");
  const forgetting = living.find(({ call }) => call === "forget");
  const mayBeRevived = run.processes.some(({ call, isBeforeForgetting }) =>
    REVIVES.has(call) && !isBeforeForgetting
  );
  const isForgotten = run.isBuried || forgetting?.end?.told === "forgotten";
  if (isForgotten && !mayBeRevived) {
    return hold(end.code === "not_installed", `forgotten, and yet ${end.code ?? "a token"}`);
  }
  if (isForgotten && end.code === "not_installed") return;
  const wasForgotten = start.name.startsWith("forgotten");
  if (end.token === undefined && !(wasForgotten && end.code === "not_installed")) {
    hold(end.code === "reauthorization_required", `at last: ${end.code}`);
    hold(!hasReconnect, "a person is asked although Reconnect answers");
    hold(
      known.length === 0,
      `a person is asked although ${known[0]?.by.name} got a refresh token that lives`,
    );
    hold(!isStored, "a person is asked although the store has a refresh token that lives");
    // Within the window whoever comes next is answered alike: it takes more than one fault to lose a connection.
    const isBeyondWindow = windowMs === 0 || run.faults.length > 1;
    const wasLost = isForgotten || wasForgotten || start.name.startsWith("lost");
    hold(isBeyondWindow || wasLost, "the connection is lost by one fault, within the window");
    hold(
      isExcused || wasLost,
      "the connection is lost, and nothing excuses that",
    );
  }
  // What a person authorised outranks what was refreshed, as long as anybody knows of it.
  const persons = known.filter(({ isPersons }) => isPersons);
  const held = grants.find(({ child }) => child === record?.tokens?.refreshToken);
  hold(persons.length === 0 || held?.isPersons === true, "a person's authorisation is lost");
}
