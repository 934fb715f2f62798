import { ApiError } from '../api/client.ts';
import type { Media } from '../api/types.ts';
import { LONGEST_WAIT, waitAfter } from './wait.ts';

/** So many blocks are read at once. */
const AT_ONCE = 3;

type Items = readonly Media[];

interface Failure {
  readonly error: unknown;
  readonly tries: number;
  /** The time before which the block is not tried again. */
  readonly until: number;
}

export interface BlockEvents {
  came(name: string, items: Items): void;
  /** A block has come, or could not be read. */
  changed(): void;
  /** The server no longer has a block, because the library has changed. */
  gone(): void;
}

/** The blocks that were read, those on their way, and those that failed. Reads what is wanted, and only that. */
export class Blocks {
  readonly #read: (name: string, signal: AbortSignal) => Promise<Items>;
  readonly #events: BlockEvents;
  readonly #there = new Map<string, Items>();
  readonly #coming = new Map<string, AbortController>();
  readonly #failed = new Map<string, Failure>();
  #seen: readonly string[] = [];
  #ahead: readonly string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(read: (name: string, signal: AbortSignal) => Promise<Items>, events: BlockEvents) {
    this.#read = read;
    this.#events = events;
  }

  get(name: string): Items | undefined {
    return this.#there.get(name);
  }

  /** Why a block that is seen is not there, if it failed more than once. */
  get trouble(): unknown {
    const failures = this.#seen.map((name) => this.#failed.get(name));
    return failures.find((failure) => failure && failure.tries > 1)?.error ?? null;
  }

  /**
   * Names the blocks that the viewer sees, and those that may be seen next, each in the order of need. The latter wait
   * for the former. Whatever else is on its way is given up.
   */
  want(seen: readonly string[], ahead: readonly string[]): void {
    this.#seen = seen;
    this.#ahead = ahead;
    const wanted = new Set([...seen, ...ahead]);
    for (const [name, control] of this.#coming) {
      if (wanted.has(name)) continue;
      control.abort();
      this.#coming.delete(name);
    }
    this.#next();
  }

  /** Reads the blocks that are missing, whatever the viewer sees. Rejects if one of them cannot be read. */
  async load(names: readonly string[]): Promise<void> {
    const missing = names.filter((name) => !this.#there.has(name));
    const control = new AbortController();
    const next = async (): Promise<void> => {
      const name = missing.shift();
      if (name === undefined) return;
      const items = await this.#read(name, control.signal);
      this.#there.set(name, items);
      this.#events.came(name, items);
      await next();
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, next));
    } catch (error) {
      if (isGone(error)) this.#events.gone();
      throw error;
    }
    if (names.length > 0) this.#events.changed();
  }

  /** Tries again at once what has failed. */
  retry(): void {
    this.#failed.clear();
    this.#next();
  }

  #next(): void {
    clearTimeout(this.#timer);
    const missing = (name: string) => !this.#there.has(name);
    const seen = this.#seen.filter(missing);
    const ahead = seen.every((name) => this.#failed.has(name)) ? this.#ahead.filter(missing) : [];
    const now = Date.now();
    let soonest = Infinity;
    for (const name of [...seen, ...ahead]) {
      if (this.#coming.has(name)) continue;
      const until = this.#failed.get(name)?.until ?? 0;
      if (until > now) soonest = Math.min(soonest, until);
      else if (this.#coming.size < AT_ONCE) void this.#fetch(name);
    }
    if (soonest < Infinity) this.#later(soonest - now);
  }

  #later(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#next(), wait);
  }

  async #fetch(name: string): Promise<void> {
    const control = new AbortController();
    this.#coming.set(name, control);
    let gone = false;
    try {
      const items = await this.#read(name, control.signal);
      if (control.signal.aborted) return;
      this.#there.set(name, items);
      this.#failed.delete(name);
      this.#events.came(name, items);
    } catch (error) {
      if (control.signal.aborted) return;
      gone = isGone(error);
      this.#fail(name, error);
    }
    this.#coming.delete(name);
    this.#events.changed();
    if (gone) this.#events.gone();
    // The pictures of this block are asked for before the next block.
    this.#later(0);
  }

  #fail(name: string, error: unknown): void {
    const tries = (this.#failed.get(name)?.tries ?? 0) + 1;
    const wait = waitAfter(error, tries) ?? LONGEST_WAIT;
    this.#failed.set(name, { error, tries, until: Date.now() + wait });
  }
}

export const isGone = (error: unknown): boolean => error instanceof ApiError && error.status === 404;
