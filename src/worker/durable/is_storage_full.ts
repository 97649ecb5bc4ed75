/** Whether `error` says that an object's storage takes no more. It comes from workerd, and keeps only its words on the way. */
export function isStorageFull(error: unknown): boolean {
  return String(error).includes("SQLITE_FULL");
}
