/** What token answers say under `expires_in`: nothing, `null`, a number or a text. */
export type AnswerExpiresIn = "omit" | null | number | string;

/** Options that `sandbox.set` can change while the sandbox runs. */
export interface SandboxSwitches {
  /** Waits this long, in ms, before each answer. @default 0 */
  readonly latencyMs?: number;
  /**
   * How much later the token endpoint answers, in ms. Its work is done at once: a client that gives up has lost
   * the answer. @default 0
   */
  readonly tokenLatencyMs?: number;
  /** How long an access token lives, in seconds: `expires_in`. @default 86_399 */
  readonly expiresIn?: number;
  /**
   * What token answers say under `expires_in` or `expiresIn` in place of the truth; tokens still live `expiresIn`
   * seconds, and `sandbox.install` still tells the truth. HighLevel's schema requires `userId` only.
   * `undefined` brings the truth back. @default the truth
   */
  readonly answerExpiresIn?: AnswerExpiresIn | undefined;
  /**
   * For how long, in ms, the same refresh of the same client returns the same new refresh token again; 0 for
   * never. HighLevel's changelog: "Smarter Refresh Token Handling for Distributed Systems". @default 30_000
   */
  readonly refreshWindowMs?: number;
  /**
   * Whether the authorisation page answers 400 `error.noversionid` to a link without `version_id`, as was
   * reported of private apps. @default false
   */
  readonly requireVersionId?: boolean;
  /**
   * Whether a request without a `User-Agent` header gets Cloudflare's 403 `error code: 1010`. A request made in
   * this process has none unless its code sets one. @default false
   */
  readonly firewall?: boolean;
}
