/** Every status, in the order that people read them. */
export const STATUSES: readonly ConnectionStatus[] = [
  "connected",
  "broken",
  "paused",
  "reauthorization_required",
];

/**
 * Where a connection stands.
 *
 * - `"connected"`: tokens are held and nothing says they are dead.
 * - `"broken"`: the refresh token is known to be dead and no way back has worked yet.
 * - `"paused"`: HighLevel says the location is not active; its tokens are kept and work again once it is.
 * - `"reauthorization_required"`: every way back was refused; a person must authorise the app again.
 */
export type ConnectionStatus = "connected" | "broken" | "paused" | "reauthorization_required";
