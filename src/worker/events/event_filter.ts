/** Whether an event of this `type` is sent: by its name, or by a beginning such as `connection.*`. Without `types` all are. */
export function isWanted(type: string, types: readonly string[] | undefined): boolean {
  return types === undefined ||
    types.some((one) => one.endsWith("*") ? type.startsWith(one.slice(0, -1)) : type === one);
}
