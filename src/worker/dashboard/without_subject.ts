/** An error's message without "Location …:" in front, where that is the connection with `id`, which is named anyway. */
export function withoutSubject(message: string, id: string): string {
  return message.replace(new RegExp(`^(Location|Company) ${id}: `), "");
}
