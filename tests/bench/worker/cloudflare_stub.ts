/** What the worker imports of `cloudflare:workers`, for a process that is no workerd. */
export class DurableObject {}
