// All runs of one kind with at most so many preemptions and faults: depth first, each run from its beginning.
import { byItself, finish } from "./checks.ts";
import { type Choose, Run, type RunOptions } from "./run.ts";
import { withVirtualTime } from "./virtual_time.ts";

/** Where a run goes another way than by itself: what would come next, and what comes instead. */
export type Decision = readonly [at: string, instead: string];

/** How far runs may go from the way by themselves. */
export interface Bound {
  readonly preemptions: number;
  readonly faults: number;
}

/** A run that ended badly. */
export interface Finding {
  readonly decisions: readonly Decision[];
  readonly violations: readonly string[];
  readonly trace: readonly string[];
}

/** What came of all runs. */
export interface Exploration {
  runs: number;
  /** States of the whole world that were seen. */
  states: number;
  readonly findings: Finding[];
}

/** A run to do: where it leaves the way by itself, and what is left of the bound after that. */
interface Branch extends Bound {
  readonly decisions: readonly Decision[];
}

/** The run under way: timers and clocks are its. */
let current: Run | undefined;

/** Runs everything within `bound`; ends early after `most` findings. */
export async function explore(options: RunOptions, bound: Bound, most = 1): Promise<Exploration> {
  const exploration: Exploration = { runs: 0, states: 0, findings: [] };
  const seen = new Map<number, Bound[]>();
  const branches: Branch[] = [{ decisions: [], ...bound }];
  await inVirtualTime(async () => {
    for (let branch = branches.pop(); branch; branch = branches.pop()) {
      exploration.runs++;
      const run = await runOnce(options, branch, (options, run) => {
        const state = run.state();
        if (isSeen(seen, state, branch)) return undefined;
        for (const other of options.slice(1)) {
          const preemptions = branch.preemptions - other.preemptions;
          const faults = branch.faults - other.faults;
          if (preemptions < 0 || faults < 0) continue;
          const at = `${options[0]?.name}`;
          branches.push({ decisions: [...branch.decisions, [at, other.name]], preemptions, faults });
        }
        return options[0];
      });
      const { violations, trace } = run;
      if (violations.length === 0) continue;
      exploration.findings.push({ decisions: branch.decisions, violations, trace });
      if (exploration.findings.length >= most) return;
    }
  });
  exploration.states = seen.size;
  return exploration;
}

/** Does the run of `decisions` again. Those that do not come up are passed over: the engine may go other ways by now. */
export async function replay(options: RunOptions, decisions: readonly Decision[]): Promise<Finding> {
  const { violations, trace } = await inVirtualTime(() => runOnce(options, { decisions }, byItself));
  return { decisions, violations, trace };
}

/** Takes the decisions of `branch` in turn, then what `choose` chooses, and checks the run. */
async function runOnce(
  options: RunOptions,
  { decisions }: { readonly decisions: readonly Decision[] },
  choose: Choose,
): Promise<Run> {
  const run = current = new Run(options);
  let taken = 0;
  const isAtEnd = await run.go((options) => {
    const [at, instead] = decisions[taken] ?? [];
    if (at === undefined) return choose(options, run);
    if (options[0]?.name !== at) return options[0];
    taken++;
    return options.find(({ name }) => name === instead) ?? options[0];
  });
  if (isAtEnd && run.violations.length === 0) await finish(run);
  current = undefined;
  return run;
}

/** Whether `state` was seen with as much left of the bound. */
function isSeen(seen: Map<number, Bound[]>, state: number, { preemptions, faults }: Bound): boolean {
  const before = seen.get(state) ?? [];
  if (before.some((left) => left.preemptions >= preemptions && left.faults >= faults)) return true;
  seen.set(state, [...before, { preemptions, faults }]);
  return false;
}

/** Runs `work` in virtual time; a rejection that nobody handles is a violation of the run under way. */
async function inVirtualTime<T>(work: () => Promise<T>): Promise<T> {
  const onRejection = (event: PromiseRejectionEvent): void => {
    if (!current) return;
    event.preventDefault();
    current.violations.push(`nobody handles a rejection: ${event.reason}`);
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  try {
    return await withVirtualTime(() => current?.time, work);
  } finally {
    globalThis.removeEventListener("unhandledrejection", onRejection);
  }
}
