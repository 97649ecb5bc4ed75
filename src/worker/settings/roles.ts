/** What a key may do; each includes the ones after. */
export const ROLES = ["admin", "service", "viewer"] as const;

/** One of {@linkcode ROLES}. */
export type Role = (typeof ROLES)[number];
