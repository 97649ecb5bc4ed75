/** The parts of a setting between commas, without the blanks around them. */
export function partsOf(text: string): string[] {
  return text.split(",").map((part) => part.trim()).filter(Boolean);
}
