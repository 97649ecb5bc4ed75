/** Frames of one line of the log: the first say where it was. */
const MAX_FRAMES = 8;
/** `at name (file:line:column)`, or without the name. A minified script has one line, so the column counts. */
const FRAME =
  /^ +at (?:(?:async )?(?<name>[\w$.<># \[\]]+) \()?(?:async )?(?<file>[^()\s]+):(?<place>\d+:\d+)\)?$/;

/**
 * Where `error` was made: `function file:line:column` from its stack, without the message, which stands at the stack's head
 * and may have lines of any look. Where that head is not found, nothing is told.
 */
export function framesOf({ message, stack = "" }: Error): string[] {
  const head = message === "" ? /^[^:\n]*\n/ : `: ${message}\n`;
  const rest = stack.split(head, 2)[1];
  if (rest === undefined) return [];
  const lines = rest.split("\n");
  return lines.flatMap((line) => {
    const { name, file = "", place } = FRAME.exec(line)?.groups ?? {};
    if (place === undefined) return [];
    return [`${name ?? "(anonymous)"} ${file.split("/").at(-1)}:${place}`];
  }).slice(0, MAX_FRAMES);
}
