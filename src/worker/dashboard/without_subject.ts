/** An error's message without "Location …:" in front, for where the connection is named anyway. */
export function withoutSubject(message: string): string {
  return message.replace(/^(Location|Company) \S+: /, "");
}
