import type { WebhookSigner } from "./webhook_signer.ts";

/** How a webhook is handed to whoever takes it; may reject as `fetch` does. */
export type WebhookSend = (request: Request) => Promise<Response>;

/** How one webhook's delivery goes: a live object. */
export interface WebhookDelivery {
  /** How often it has been sent. */
  readonly attempts: number;
  /** The answers' statuses, oldest first; 0 for none. */
  readonly statuses: readonly number[];
  /** Whether it will never be sent again. */
  readonly isFinal: boolean;
  /** When it is due, ms since the epoch; absent while it is being sent, and once it is final. */
  readonly nextAt?: number;
}

/** A subscription to webhooks. */
export interface WebhookSubscription {
  /** What was sent to it, or will be, oldest first. */
  readonly deliveries: readonly WebhookDelivery[];
  /** Ends it; what is already due is still sent. */
  remove(): void;
}

interface Parcel {
  readonly text: string;
  readonly send: WebhookSend;
  readonly url: string;
  readonly delivery: LiveDelivery;
}

interface LiveDelivery {
  attempts: number;
  readonly statuses: number[];
  isFinal: boolean;
  nextAt?: number;
}

interface Subscriber {
  readonly url: string;
  readonly send: WebhookSend;
  readonly deliveries: WebhookDelivery[];
}

const TEN_MINUTES_MS = 600_000;
const MOST_ATTEMPTS = 1 + 6;

/**
 * Sends webhooks as HighLevel does (its help article "Automated Webhook Retries"): only the answer 429 makes one due
 * again, the same bytes every ten minutes, six times. Every other answer is final, and `Retry-After` is not read.
 */
export class WebhookCourier {
  readonly #signer: WebhookSigner;
  readonly #now: () => number;
  readonly #waiting: Set<Parcel> = new Set();
  readonly #subscribers: Set<Subscriber> = new Set();
  #redelivery: Promise<number> | undefined;

  /** Sends nothing yet. */
  constructor(signer: WebhookSigner, now: () => number) {
    this.#signer = signer;
    this.#now = now;
  }

  /** Sends a webhook once, at once. */
  async send(body: string | object, send: WebhookSend, url: string): Promise<WebhookDelivery> {
    const delivery: LiveDelivery = { attempts: 0, statuses: [], isFinal: false };
    await this.#attempt({ text: textOf(body), send, url, delivery });
    return delivery;
  }

  /** Sends all that is due, one after the other, and tells how many that were. Calls at the same time share one run. */
  redeliver(): Promise<number> {
    this.#redelivery ??= this.#sendDue().finally(() => this.#redelivery = undefined);
    return this.#redelivery;
  }

  /** Whether anybody has subscribed. */
  get hasSubscribers(): boolean {
    return this.#subscribers.size > 0;
  }

  /** Sends what is published from now on to a URL. */
  subscribe(url: string, send: WebhookSend): WebhookSubscription {
    const subscriber = { url, send, deliveries: [] };
    const subscribers = this.#subscribers;
    subscribers.add(subscriber);
    return {
      deliveries: subscriber.deliveries,
      remove(): void {
        subscribers.delete(subscriber);
      },
    };
  }

  /** Makes a webhook due for every subscriber and begins to send it in the background. */
  publish(body: object): void {
    const text = textOf(body);
    for (const { url, send, deliveries } of this.#subscribers) {
      const delivery: LiveDelivery = { attempts: 0, statuses: [], isFinal: false, nextAt: this.#now() };
      deliveries.push(delivery);
      this.#waiting.add({ text, send, url, delivery });
    }
    queueMicrotask(() => void this.redeliver());
  }

  async #sendDue(): Promise<number> {
    let sent = 0;
    for (let due = this.#due(); due.length > 0; due = this.#due()) {
      for (const parcel of due) await this.#attempt(parcel);
      sent += due.length;
    }
    return sent;
  }

  #due(): Parcel[] {
    const now = this.#now();
    return [...this.#waiting].filter(({ delivery: { nextAt } }) => nextAt !== undefined && nextAt <= now);
  }

  async #attempt(parcel: Parcel): Promise<void> {
    const { delivery, url, send } = parcel;
    this.#waiting.delete(parcel);
    delete delivery.nextAt;
    delivery.attempts++;
    // Ed25519 is deterministic: the same bytes have the same signature every time.
    const { body, headers } = await this.#signer.sign(parcel.text);
    const status = await statusOf(send, new Request(url, { method: "POST", headers, body }));
    delivery.statuses.push(status);
    delivery.isFinal = status !== 429 || delivery.attempts >= MOST_ATTEMPTS;
    if (delivery.isFinal) return;
    delivery.nextAt = this.#now() + TEN_MINUTES_MS;
    this.#waiting.add(parcel);
  }
}

function textOf(body: string | object): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

/** The status of the answer; 0 where there is none, for that is final too. */
async function statusOf(send: WebhookSend, request: Request): Promise<number> {
  try {
    const response = await send(request);
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}
