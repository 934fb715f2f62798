import type { Api } from './api/client.ts';
import type { Media, MediaType } from './api/types.ts';

export type Status = 'idle' | 'loading' | 'failed' | 'complete';

/** The items of a page. They fill a tall screen and the next one. The API allows 200. */
const PAGE = 100;
const LONGEST_PAGE = 200;

/** The part of the catalogue that has been read, newest first, for one filter. Items are only appended. */
export class Library {
  readonly type: MediaType | null;
  readonly items: Media[] = [];
  status: Status = 'idle';
  error: unknown = null;
  readonly #api: Pick<Api, 'media'>;
  readonly #index = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  /** The cursor before each item, by which the item can be read again. */
  readonly #before: (string | null)[] = [];
  #cursor: string | null = null;
  #loading: Promise<void> | null = null;

  constructor(api: Pick<Api, 'media'>, type: MediaType | null) {
    this.#api = api;
    this.type = type;
  }

  /** Calls back after every change, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads one more page. Callers share a page that is on its way. Never rejects: see `status`. */
  more(limit = PAGE): Promise<void> {
    if (this.status === 'complete') return Promise.resolve();
    this.#loading ??= this.#read(limit).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  indexOf(key: string): number {
    return this.#index.get(key) ?? -1;
  }

  /** Reads on until `key` appears. `null`: it is not in the catalogue, or reading failed (see `status`). */
  async find(key: string): Promise<Media | null> {
    for (;;) {
      const index = this.indexOf(key);
      if (index >= 0) return this.items[index] ?? null;
      if (this.status === 'complete') return null;
      await this.more(LONGEST_PAGE);
      if (this.status === 'failed') return null;
    }
  }

  /**
   * Reads an item anew, because URLs in it have expired. `null` if the item has moved. Rejects as the API does.
   * The other items of the same page are renewed too.
   */
  async renew(key: string): Promise<Media | null> {
    const cursor = this.#before[this.indexOf(key)];
    if (cursor === undefined) return null;
    const { items } = await this.#api.media({ limit: LONGEST_PAGE, cursor, type: this.type });
    for (const item of items) {
      const index = this.indexOf(item.key);
      if (index >= 0) this.items[index] = item;
    }
    return items.find((item) => item.key === key) ?? null;
  }

  async #read(limit: number): Promise<void> {
    this.#become('loading');
    const cursor = this.#cursor;
    try {
      const page = await this.#api.media({ limit, cursor, type: this.type });
      for (const item of page.items) {
        // A row that moved between two pages may occur twice. The first place counts.
        if (this.#index.has(item.key)) continue;
        this.#index.set(item.key, this.items.length);
        this.items.push(item);
        this.#before.push(cursor);
      }
      this.#cursor = page.nextCursor;
      this.error = null;
      this.#become(page.nextCursor === null ? 'complete' : 'idle');
    } catch (error) {
      this.error = error;
      this.#become('failed');
    }
  }

  #become(status: Status): void {
    this.status = status;
    for (const listener of [...this.#listeners]) listener();
  }
}
