import type { Command } from "../commander.ts";
import type { Host } from "../command_host.ts";
import { withCommonFlags } from "../common_flags.ts";
import type { Resealed } from "../moving/mover.ts";
import { openMover } from "../moving/open_mover.ts";
import { addCommand } from "../help_text.ts";
import type { Output } from "../terminal/output.ts";
import { isBarWelcome, openBar } from "../terminal/progress_bar.ts";
import type { CommonFlags } from "../settings.ts";

/** Adds `reseal`, which seals everything anew under the first key. */
export function addReseal(program: Command, { words, output, finish }: Host): void {
  withCommonFlags(addCommand(program, "reseal", words.help.reseal), words)
    .action(async (flags: CommonFlags) => finish(await reseal(flags, output(flags))));
}

async function reseal(flags: CommonFlags, output: Output): Promise<number> {
  const say = output.words.moving;
  const mover = await openMover(flags);
  const bar = isBarWelcome(output) ? openBar(output, say.sealing) : undefined;
  let last: Resealed | undefined;
  try {
    for await (const now of mover.reseal()) {
      last = now;
      bar?.update(all(now), undefined, say.resealedBar(now.resealed));
    }
  } finally {
    bar?.stop();
    mover.close();
  }
  if (!last) return 1;
  const { key, unreadable, failed } = last;
  const isDone = unreadable + failed === 0;
  output.print(say.resealed(all(last), key, last));
  output.note(isDone ? say.dropOld : say.keepOld);
  output.emit({ type: "summary", ...last, oldKeysUnused: isDone });
  return isDone ? 0 : 1;
}

function all({ resealed, already, unreadable, failed }: Resealed): number {
  return resealed + already + unreadable + failed;
}
