const CODES = { green: [32, 39], yellow: [33, 39], red: [31, 39], bold: [1, 22] } as const;

/** `text` in a colour, where colours are welcome. Only such as can be read on light and on dark. */
export function paint(text: string, color: keyof typeof CODES, isWelcome: boolean): string {
  const [on, off] = CODES[color];
  return isWelcome ? `\x1b[${on}m${text}\x1b[${off}m` : text;
}
