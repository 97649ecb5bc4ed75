/** An access token that can be used, and how young it is. */
export interface UsableToken {
  /** The token. */
  readonly accessToken: string;
  /** It was issued seconds ago: HighLevel may not know it everywhere yet. */
  readonly isYoung: boolean;
}
