// HighLevel as a run sees it: the sandbox, and what must hold of every request that reaches it.
import { claimsOf, type TokenSet } from "../../src/oauth/token_set.ts";
import { createSandbox, type Sandbox } from "../../src/sandbox/mod.ts";
import type { Process } from "./process.ts";

/** The requests that count. */
export type RequestKind = "refresh" | "exchange" | "reconnect";

/** An answer that is not read yet. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** What was granted. */
  readonly grant?: Grant;
}

/** A refresh token that HighLevel gave. */
export interface Grant {
  /** The refresh token that was spent for it; absent where a code was. */
  readonly parent?: string;
  /** The refresh token given. */
  readonly child: string;
  /** When, ms. */
  readonly at: number;
  readonly by: Process;
  /** Whether a person's authorisation, or a token that descends from one. */
  readonly isPersons: boolean;
  /** Whether the process learnt of it. */
  isTold: boolean;
}

/** What a run looks at HighLevel with. */
export interface HighLevelHost {
  readonly now: () => number;
  readonly windowMs: number;
  /** Told what may not be. */
  readonly onViolation: (what: string) => void;
  /** Whether a note stands in the store that `refreshToken` is about to be spent. */
  readonly isNoted: (refreshToken: string) => boolean;
  /** Whether the store keeps notes and has a lock. */
  readonly isGuarded: boolean;
}

/** The sandbox, watched. */
export class HighLevel {
  readonly sandbox: Sandbox;
  readonly app: Sandbox["app"];
  readonly grants: Grant[] = [];
  /** The code that a person brings. */
  personsCode: string | undefined;
  /** The tokens that a person brings. */
  personsTokens: TokenSet | undefined;
  readonly #host: HighLevelHost;

  constructor(host: HighLevelHost) {
    this.#host = host;
    this.sandbox = createSandbox({
      seed: 1,
      now: host.now,
      rateLimit: false,
      refreshWindowMs: host.windowMs,
      keepRequests: 0,
    });
    this.app = this.sandbox.app;
  }

  kindOf(input: string, init: RequestInit): RequestKind {
    if (input.endsWith("/oauth/reconnect")) return "reconnect";
    return formOf(init).has("refresh_token") ? "refresh" : "exchange";
  }

  /** What must hold when a process decides to send a request. */
  beforeAsking(process: Process, kind: RequestKind, init: RequestInit): void {
    const { onViolation, isNoted, isGuarded } = this.#host;
    if (process.owesLook) {
      onViolation(`${process.name} goes on after invalid_grant without a look at the store`);
    }
    const refreshToken = formOf(init).get("refresh_token");
    if (kind !== "refresh" || refreshToken === null || !isGuarded || process.hasSlept) return;
    if (process.spends === refreshToken) return; // once more: somebody without the lock may have come meanwhile
    process.spends = refreshToken;
    if (!isNoted(refreshToken)) {
      onViolation(`${process.name} spends a refresh token, and no note tells of it`);
    }
  }

  /** Carries a request out. */
  async answer(process: Process, kind: RequestKind, input: string, init: RequestInit): Promise<Answer> {
    const form = formOf(init);
    const parent = form.get("refresh_token") ?? undefined;
    if (parent !== undefined) this.#checkNotSpent(process, parent);
    const { signal: _, ...rest } = init;
    const response = await this.sandbox.fetch(input, rest);
    const text = await response.text();
    const answer = { status: response.status, text, headers: response.headers };
    const child = kind !== "reconnect" && response.ok ? refreshTokenIn(text) : undefined;
    if (child === undefined) return answer;
    const grant: Grant = {
      ...(parent !== undefined && { parent }),
      child,
      at: this.#host.now(),
      by: process,
      isPersons: parent === undefined
        ? form.get("code") === this.personsCode
        : this.grants.some((grant) => grant.child === parent && grant.isPersons),
      isTold: false,
    };
    this.grants.push(grant);
    return { ...answer, grant };
  }

  /** Notes that a process has read an answer. */
  told(process: Process, { status, text, grant }: Answer): void {
    if (grant) grant.isTold = true;
    if (status === 400 && text.includes("refresh token is invalid")) process.owesLook = true;
  }

  /** A refresh token that HighLevel has answered to a living process is not sent again once its window is over. */
  #checkNotSpent(process: Process, parent: string): void {
    const { now, windowMs, isGuarded, onViolation } = this.#host;
    const earlier = this.grants.filter((grant) => grant.parent === parent);
    const first = earlier[0];
    if (!first || !isGuarded || process.hasSlept || now() - first.at < windowMs) return;
    const knower = earlier.find(({ isTold, by }) =>
      isTold && !by.isDead && !by.hasStoreTrouble && !by.hasSlept
    );
    if (knower) {
      onViolation(`${process.name} sends the refresh token again that ${knower.by.name} was answered for`);
    }
  }

  /** Notes that the tokens which a person brought were taken. */
  taken(process: Process): void {
    const child = `${this.personsTokens?.refreshToken}`;
    this.grants.push({ child, at: this.#host.now(), by: process, isPersons: true, isTold: true });
  }

  /** All that decides how it goes on. */
  state(): string {
    const { tokens, codes, random, nextSerial } = this.sandbox.state();
    return [
      ...tokens.map(({ id, spent, rotation }) => `${id}${spent}${rotation?.at}`),
      ...codes.map(({ code, spent }) => `${code}${spent}`),
      random,
      nextSerial,
      ...this.grants.map(({ at, by, isTold }) => `${at}${by.name}${isTold}${by.isDead}`),
    ].join();
  }
}

function formOf({ body }: RequestInit): URLSearchParams {
  return new URLSearchParams(typeof body === "string" ? body : "");
}

function refreshTokenIn(text: string): string | undefined {
  const { refresh_token: found }: Record<string, unknown> = JSON.parse(text);
  return typeof found === "string" ? found : undefined;
}

/** A short name of a token, for messages. */
export function nameOf(token: string): string {
  return String(claimsOf(token).jti).slice(0, 4);
}
