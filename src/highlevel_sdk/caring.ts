import type { ConnectionTarget } from "../oauth/target.ts";
import type { TokenSet } from "../oauth/token_set.ts";

/** What is used of `Connections`. */
export interface CaringConnections {
  /** Tokens whose access token lives, by whatever it takes; `rejected` is one that HighLevel refused just now. */
  tokens(target: ConnectionTarget, options?: { readonly rejected?: string }): Promise<TokenSet>;
  /** Keeps tokens got elsewhere. */
  save(target: ConnectionTarget, tokens: TokenSet, details?: { readonly gotAt?: Date }): Promise<void>;
  /** What is known of a connection. */
  get(
    target: ConnectionTarget,
  ): Promise<{ readonly status: string; readonly expiresAt?: Date } | undefined>;
  /** Forgets it. */
  forget(target: ConnectionTarget): Promise<void>;
  /** Writes what is in memory only. */
  flush(): Promise<void>;
}
