import { deepEqual, equal, ok } from "node:assert/strict";
import type { PlainError, PlainRecovery } from "../../../src/worker/durable/plain_result.ts";
import type { JobReport, JobTarget } from "../../../src/worker/recovery_job/job_api.ts";
import { newJob, progressOf, remainingOf } from "../../../src/worker/recovery_job/job_facts.ts";
import { LOST_MS, probed, resumed, stoppedBy } from "../../../src/worker/recovery_job/job_rules.ts";
import { JobState } from "../../../src/worker/recovery_job/job_state.ts";
import { targetOf } from "../../../src/worker/kind_and_id.ts";
import { memoryStorage } from "../durable/memory_storage.ts";

const NOW = 1_800_000_000_000;
/** When a target is due that is under way. */
const UNDER_WAY = Number.MAX_SAFE_INTEGER;

interface Message {
  readonly round: number;
  readonly targets: readonly JobTarget[];
}

const targetsFrom = (first: number, count: number): JobTarget[] =>
  Array.from({ length: count }, (_, index) => ({ kind: "location", id: `loc${first + index}` }));

function recoveryOf(target: JobTarget, code?: PlainError["code"]): PlainRecovery {
  const attempts = [{ by: "reconnect", ms: 1 }] as const;
  if (!code) return { target: targetOf(target), outcome: "recovered", attempts };
  const retryable = !["invalid_client", "not_installed"].includes(code);
  return { target: targetOf(target), outcome: "failed", attempts, error: { code, message: "no", retryable } };
}

/** A job's state over a fresh SQLite, with `count` targets, started; and what its object does with it. */
function startedJob(count: number) {
  const { host } = memoryStorage();
  const state = new JobState(host);
  state.keep({ ...newJob("job", { kind: "targets" }, "admin", NOW), isStarted: true });
  state.add(targetsFrom(0, count), NOW);
  const facts = () => {
    const known = state.facts;
    if (!known) throw new Error("there is a job");
    return known;
  };
  const count1 = (clause: string): number =>
    Number(host.sql.exec(`SELECT count(*) AS n FROM targets WHERE ${clause}`).toArray()[0]?.n);
  /** Steps as the alarm takes them; what is sent. */
  const turn = (now: number): Message[] => {
    const sent: Message[] = [];
    for (let steps = 0; steps < 20; steps++) {
      const step = state.nextStep(now, LOST_MS);
      if (!step || step.do === "sleep") break;
      if (step.do === "send") {
        const targets = state.takeDue(now, step.most, now);
        for (let at = 0; at < targets.length; at += 10) {
          sent.push({ round: facts().round, targets: targets.slice(at, at + 10) });
        }
      } else if (step.do === "probe") {
        state.update((so) => probed(so, now), now);
        sent.push({ round: facts().round, targets: state.takeDue(Infinity, 1, now) });
      } else if (step.do === "take back") state.takeBack(now);
      else if (step.do === "give up") state.giveUp(now);
      else if (step.do === "finish") state.update(({ stop: _, ...so }) => ({ ...so, endedAt: now }), now);
      else throw new Error(`no ${step.do} here`);
    }
    return sent;
  };
  const deliver = (
    { round, targets }: Message,
    now: number,
    code: (target: JobTarget) => PlainError["code"] | undefined = () => undefined,
  ): readonly JobTarget[] => {
    const open = state.open(round, targets, now);
    state.report(
      open.map((target): JobReport => ({ target, recovery: recoveryOf(target, code(target)) })),
      now,
    );
    return open;
  };
  return { state, facts, rows: count1, turn, deliver };
}

Deno.test("a message that comes after its targets counted as lost is still good: a slow queue costs no target its turn", () => {
  const { facts, turn, deliver, rows } = startedJob(100);
  let now = NOW;
  for (const message of turn(now)) deliver(message, now);
  const late = turn(now);
  const count = late.flatMap(({ targets }) => targets).length;
  ok(count > 10);
  const again = turn(now += LOST_MS);
  equal(again.flatMap(({ targets }) => targets).length, 1, "one finds out for all");
  for (const message of late) deliver(message, now + 1_000);
  equal(facts().ends.recovered, 1 + count);
  deepEqual(late.flatMap((message) => deliver(message, now + 2_000)), [], "none is recovered twice");
  equal(facts().underWay, rows(`outcome IS NULL AND dueAt = ${UNDER_WAY}`));
});

Deno.test("a queue that takes 30 s for every message does not hold a job to one target a round", () => {
  const { facts, turn, deliver } = startedJob(2_000);
  const onTheWay: { readonly at: number; readonly message: Message }[] = [];
  let now = NOW;
  for (; facts().endedAt === undefined && now < NOW + 3_600_000; now += 1_000) {
    const here = onTheWay.filter(({ at }) => at <= now);
    onTheWay.splice(0, onTheWay.length, ...onTheWay.filter(({ at }) => at > now));
    for (const { message } of here) deliver(message, now);
    onTheWay.push(...turn(now).map((message) => ({ at: now + 30_000, message })));
  }
  equal(facts().ends.recovered, 2_000);
  ok(now - NOW < 15 * 60_000, `${(now - NOW) / 60_000} min`);
});

Deno.test("of a job that waits only the probe is open, however many late messages come", () => {
  const { facts, turn, deliver } = startedJob(30);
  for (let now = NOW; !facts().stop; now += 5_000) {
    for (const message of turn(now)) deliver(message, now, () => "unavailable");
  }
  const probes: Message[] = [];
  let now = NOW + 600_000;
  for (let lost = 0; lost < 5; lost++, now += 700_000) probes.push(...turn(now));
  ok(probes.length >= 3);
  const asked = probes.flatMap((message) => deliver(message, now, () => "unavailable"));
  ok(asked.length <= 1, `${asked.length}`);
});

Deno.test("a person who resumes a job whose probe was lost waits for no back-off", () => {
  const { state, facts, turn, deliver } = startedJob(30);
  let now = NOW;
  for (; !facts().stop; now += 5_000) {
    for (const message of turn(now)) deliver(message, now, () => "unavailable");
  }
  for (let lost = 0; lost < 8; lost++) turn(now += 700_000);
  ok(facts().underWay > 0 && facts().losses >= 4, "probes are lost, again and again");
  state.update((so) => resumed(so, now), now);
  ok(turn(now + LOST_MS).length > 0);
});

Deno.test("what is given up in several turns leaves none behind, where the probe answers in between", () => {
  const { state, facts, turn, deliver } = startedJob(1_500);
  let now = NOW;
  for (; !facts().stop; now += 5_000) {
    for (const message of turn(now)) deliver(message, now, () => "unavailable");
  }
  const probe = turn(now += 60_000);
  equal(probe.length, 1);
  state.giveUp(now += 24 * 3_600_000);
  for (const message of probe) deliver(message, now);
  for (let rounds = 0; rounds < 100 && facts().endedAt === undefined; rounds++) {
    for (const message of turn(now += 30_000)) deliver(message, now);
  }
  equal(remainingOf(facts()), 0);
  ok(facts().endedAt !== undefined);
});

Deno.test("whatever comes in whatever order: counts add up, and the job comes to its end", () => {
  for (let seed = 1; seed <= 60; seed++) {
    let noise = seed * 7_919;
    const random = (below: number): number => {
      noise = (noise * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor(noise / 65_536) % below;
    };
    const { state, facts, rows, turn, deliver } = startedJob(1 + random(120));
    const messages: Message[] = [];
    let [now, added] = [NOW, 1_000];
    const codes = ["unavailable", "rate_limited", "invalid_client", "not_installed", undefined] as const;
    const check = (what: string): void => {
      const { total, underWay, ends } = facts();
      const told = progressOf(facts());
      const about = `seed ${seed}, ${what}`;
      equal(total, rows("1"), about);
      for (const end of ["recovered", "paused", "reauthorization_required", "failed"] as const) {
        equal(ends[end], rows(`outcome = '${end}'`), about);
      }
      equal(told.remaining, rows("outcome IS NULL"), about);
      equal(underWay, rows(`outcome IS NULL AND dueAt = ${UNDER_WAY}`), about);
      equal(rows("outcome <> 'recovered' AND seq IS NULL"), 0, about);
    };
    for (let event = 0; event < 120; event++) {
      const mood = random(codes.length + 1);
      const code = (): PlainError["code"] | undefined =>
        codes[mood < codes.length ? mood : random(codes.length)];
      const what = random(12);
      now += random(3) === 0 ? random(60) * 1_000 : random(200);
      const at = random(Math.max(1, messages.length));
      const [message] = messages.slice(at, at + 1);
      if (what <= 3) messages.push(...turn(now));
      else if (what <= 7 && message) {
        deliver(message, now, code);
        if (random(4) > 0) messages.splice(at, 1); // else it is delivered again, some time
      } else if (what === 8) messages.splice(at, 1); // lost
      else if (what === 9) state.update((so) => stoppedBy(so, "paused", now), now);
      else if (what === 10) state.update((so) => resumed(so, now), now);
      else if (facts().endedAt === undefined) state.add(targetsFrom(added += 3, 3), now);
      check(`event ${event} (${what})`);
    }
    if (random(5) === 0) {
      state.update((so) => stoppedBy(so, "cancelled", now), now);
      for (const message of messages) deliver(message, now);
      check("cancelled");
      deepEqual(turn(now), [], "and sends nothing more");
      continue;
    }
    if (facts().stop?.by === "person") state.update((so) => resumed(so, now), now);
    messages.splice(0); // all that was under way is lost
    for (let rounds = 0; rounds < 2_000 && facts().endedAt === undefined; rounds++) {
      for (const message of turn(now += 5_000)) deliver(message, now);
      check("well again");
    }
    ok(facts().endedAt !== undefined, `seed ${seed}: ${JSON.stringify(facts())}`);
    equal(remainingOf(facts()), 0);
  }
});
