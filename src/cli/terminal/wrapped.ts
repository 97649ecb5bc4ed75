import { textWidth } from "./text_width.ts";

/** Indentation that goes on under the second column of a line such as `  name   description`, as part of the width. */
const DEEPEST = 1 / 2;

/**
 * `text` in lines of at most `width` columns, broken between words only: what is longer by itself stands whole. A line goes on
 * under its own beginning; under its second column, where it has two; and a command (`$ …`) with a backslash, so that it can be copied.
 */
export function wrapped(text: string, width: number): string {
  return text.split("\n").map((line) => wrappedLine(line, width)).join("\n");
}

function wrappedLine(line: string, width: number): string {
  if (textWidth(line) <= width) return line;
  const isCommand = /^\s*\$ /.test(line);
  const [start = ""] = /^\s*/.exec(line) ?? [];
  const [columns] = /^\s*\S.*? {2,}(?=\S)/.exec(line) ?? [];
  const isDeep = columns !== undefined && textWidth(columns) <= width * DEEPEST;
  const hanging = isCommand || columns !== undefined && !isDeep
    ? start.length + 4
    : textWidth(columns ?? start);
  const end = isCommand ? " \\" : "";
  const lines: string[] = [];
  let current = !isCommand && columns !== undefined && textWidth(columns) < width ? columns : start;
  let isEmpty = true;
  for (const word of line.slice(current.length).split(" ").filter(Boolean)) {
    const next = isEmpty ? current + word : `${current} ${word}`;
    if (isEmpty || textWidth(next) + end.length <= width) {
      current = next;
    } else {
      lines.push(current + end);
      current = " ".repeat(hanging) + word;
    }
    isEmpty = false;
  }
  return [...lines, current].join("\n");
}
