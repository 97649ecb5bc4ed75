import type { Command } from "../commander.ts";
import { withCommonFlags } from "../common_flags.ts";
import type { Resealed } from "../moving/mover.ts";
import { openMover } from "../moving/open_mover.ts";
import { processOutput } from "../terminal/output.ts";
import { isBarWelcome, openBar } from "../terminal/progress_bar.ts";
import type { CommonFlags } from "../settings.ts";
import { counted, grouped } from "../terminal/words.ts";

/** Adds `reseal`, which seals everything anew under the first key. */
export function addReseal(program: Command, finish: (exitCode: number) => void): void {
  withCommonFlags(
    program.command("reseal")
      .description(
        "Seal everything under the first of SEALING_KEYS, and tell whether older keys can be dropped.",
      ),
  ).addHelpText("after", HELP).action(async (flags: CommonFlags) => finish(await reseal(flags)));
}

const HELP = `
To change the sealing key: put the new one first in SEALING_KEYS, behind it the old one; let everything that uses the store
have both (deploy the worker); run this; drop the old one. May run beside all else, and again.

Exit code: 0 older keys open nothing any more, 1 some records are still under another key, 2 bad usage.`;

async function reseal(flags: CommonFlags): Promise<number> {
  const output = processOutput({ json: flags.json === true });
  const mover = await openMover(flags);
  const bar = isBarWelcome(output) ? openBar(output, "Sealing") : undefined;
  let last: Resealed | undefined;
  try {
    for await (const now of mover.reseal()) {
      last = now;
      bar?.update(all(now), undefined, `${grouped(now.resealed)} sealed anew`);
    }
  } finally {
    bar?.stop();
    mover.close();
  }
  if (!last) return 1;
  const { key, resealed, already, unreadable, failed } = last;
  const isDone = unreadable + failed === 0;
  const parts = [
    `${grouped(resealed)} sealed anew`,
    `${grouped(already)} under this key already`,
    ...unreadable > 0 ? [`${grouped(unreadable)} under a key that is not given`] : [],
    ...failed > 0 ? [`${grouped(failed)} could not be asked`] : [],
  ];
  output.print(`${counted(all(last), "record")}, key ${key}: ${parts.join(", ")}.`);
  output.note(
    isDone
      ? "Older keys open nothing here any more; exports and links that were made under them still need them."
      : "Keep the older keys.",
  );
  output.emit({ type: "summary", ...last, oldKeysUnused: isDone });
  return isDone ? 0 : 1;
}

function all({ resealed, already, unreadable, failed }: Resealed): number {
  return resealed + already + unreadable + failed;
}
