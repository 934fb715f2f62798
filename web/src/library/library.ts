import { ApiError, type Api } from '../api/client.ts';
import type { Block, Located, Media, Place, Timeline } from '../api/types.ts';
import { first } from '../search.ts';
import { Blocks, isGone } from './blocks.ts';
import { waitAfter } from './wait.ts';
import { words } from '../words/words.ts';

export type Status = 'idle' | 'loading' | 'failed' | 'ready';

/** Items from the first number up to the second, which is not included. */
export type Range = readonly [from: number, to: number];

/** A view of the catalogue: its timeline, and the items of the blocks that were read. */
export class Library {
  readonly view: string;
  /** `null` until it has been read. A changed library has another timeline, with other numbers for its items. */
  timeline: Timeline | null = null;
  status: Status = 'idle';
  error: unknown = null;
  readonly #api: Pick<Api, 'timeline' | 'block' | 'item'>;
  readonly #blocks: Blocks;
  readonly #listeners = new Set<() => void>();
  /** Items that were asked for one by one, before their blocks. */
  readonly #single = new Map<number, Media>();
  #index = new Map<string, number>();
  /** The number of each block's first item. */
  #starts: readonly number[] = [];
  #sizes = new Map<string, number>();
  #reading: Promise<void> | null = null;
  /** The next try to read the timeline, and how many have failed. */
  #again: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #replacing: Promise<void> | null = null;
  /** What was asked for while an older answer was on its way. */
  #next: Promise<void> | null = null;

  constructor(api: Pick<Api, 'timeline' | 'block' | 'item'>, view: string) {
    this.#api = api;
    this.view = view;
    this.#blocks = new Blocks((name, signal) => this.#readBlock(name, signal), {
      came: (name, items) => this.#list(name, items),
      changed: () => this.#changed(),
      gone: () => void this.#replace(),
    });
  }

  get count(): number {
    return this.timeline?.count ?? 0;
  }

  /** Why items that are wanted and seen are not there. They are tried again without help. */
  get trouble(): unknown {
    return this.#blocks.trouble;
  }

  /** Calls back after every change, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the timeline, if it has not been read. Callers share an answer on its way. Never rejects: see `status`. */
  read(): Promise<void> {
    if (this.timeline) return Promise.resolve();
    this.#reading ??= this.#readTimeline().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** An item by its number, if its block has been read. */
  at(index: number): Media | null {
    const block = this.#blockOf(index);
    if (!block) return null;
    return this.#blocks.get(block.name)?.[index - (this.#starts[block.at] ?? 0)] ?? this.#single.get(index) ?? null;
  }

  /** The number of an item that has been read, or -1. */
  indexOf(key: string): number {
    return this.#index.get(key) ?? -1;
  }

  /** Names the items that the viewer sees, and those around that may be seen next. Reads their blocks. */
  want(seen: Range, around: Range): void {
    const now = this.#blocksIn(seen);
    const after = this.#blocksIn([seen[1], around[1]]);
    const before = this.#blocksIn([around[0], seen[0]]).reverse();
    this.#blocks.want(now, [...after, ...before].filter((name) => !now.includes(name)));
  }

  /** Reads nothing more until something is wanted. */
  rest(): void {
    clearTimeout(this.#again);
    this.#blocks.want([], []);
  }

  /** Tries again at once what has failed. */
  retry(): void {
    if (this.status === 'failed') void this.read();
    this.#blocks.retry();
  }

  /** The number of an item anywhere in the view. `null`: the view does not have it. Rejects as the API does. */
  async find(key: string): Promise<number | null> {
    const known = this.indexOf(key);
    if (known >= 0) return known;
    const asked = this.#api.item(key, this.view).catch((error: unknown) => this.#instead(key, error));
    const [located] = await Promise.all([asked, this.read()]);
    if (!this.timeline) throw this.error;
    if (!located?.place) return null;
    let index = this.#indexAt(located.place);
    if (index === null) {
      // The library has changed between the two answers.
      await this.#replace();
      index = this.#indexAt(located.place);
    }
    if (index === null) return null;
    this.#single.set(index, located.item);
    this.#index.set(key, index);
    return index;
  }

  /**
   * Reads the timeline again, because the library has changed. What was read before stays until then, and what is on
   * its way may not know of the change.
   */
  refresh(): Promise<void> {
    const before = this.#reading ?? this.#replacing;
    if (!before) return this.timeline ? this.#replace() : this.read();
    this.#next ??= before.then(() => {
      this.#next = null;
      return this.refresh();
    });
    return this.#next;
  }

  /** All items from one number to another. Reads the blocks that are missing. Rejects as the API does. */
  async items(range: Range): Promise<readonly Media[]> {
    const { timeline } = this;
    await this.#blocks.load(this.#blocksIn(range));
    // Meanwhile, the numbers may have become those of other items.
    if (timeline !== this.timeline) throw new ApiError(words.errors.unknown, 0);
    const [from, to] = [Math.max(0, range[0]), Math.min(range[1], this.count)];
    return Array.from({ length: Math.max(0, to - from) }, (_, at) => this.at(from + at)).filter((item) => item !== null);
  }

  /** Asks whether the library, or what the session opens of it, has changed since the timeline was read. */
  async isStale(): Promise<boolean> {
    if (!this.timeline) return false;
    return originOf(await this.#api.timeline(this.view)) !== originOf(this.timeline);
  }

  async #readTimeline(): Promise<void> {
    clearTimeout(this.#again);
    this.#become('loading');
    try {
      this.#adopt(await this.#api.timeline(this.view));
      this.error = null;
      this.#tries = 0;
      this.#become('ready');
    } catch (error) {
      this.error = error;
      this.#later(error);
      this.#become('failed');
    }
  }

  /** Tries again after a failure, if that may help. */
  #later(error: unknown): null {
    this.#tries += 1;
    const wait = waitAfter(error, this.#tries);
    if (wait !== null) this.#again = setTimeout(() => void this.refresh(), wait);
    return null;
  }

  /** Reads the timeline again, because it names what is no longer there. Until that is done, everything stays. */
  #replace(): Promise<void> {
    this.#replacing ??= this.#readAgain().finally(() => {
      this.#replacing = null;
    });
    return this.#replacing;
  }

  async #readAgain(): Promise<void> {
    clearTimeout(this.#again);
    const fresh = await this.#api.timeline(this.view).catch((error: unknown) => this.#later(error));
    if (!fresh) return;
    this.#tries = 0;
    if (this.timeline && originOf(fresh) === originOf(this.timeline)) return;
    this.#adopt(fresh);
    this.#changed();
  }

  #adopt(timeline: Timeline): void {
    this.timeline = timeline;
    let start = 0;
    this.#starts = timeline.blocks.map(({ count }) => (start += count) - count);
    this.#sizes = new Map(timeline.blocks.map(({ name, count }) => [name, count]));
    this.#index = new Map();
    this.#single.clear();
    // What the old timeline wanted is no longer wanted, and blocks that stayed the same are kept.
    this.#blocks.want([], []);
    for (const { name } of timeline.blocks) this.#list(name, this.#blocks.get(name) ?? []);
  }

  async #readBlock(name: string, signal: AbortSignal): Promise<readonly Media[]> {
    const items = await this.#api.block(name, signal);
    if (items.length !== this.#sizes.get(name)) throw new ApiError(words.errors.notUnderstood, 200);
    return items;
  }

  /** For an item that could not be asked for. `null`: there is none. Its block may be kept on this device. */
  async #instead(key: string, error: unknown): Promise<Located | null> {
    if (isGone(error)) return null;
    if (!isOffline(error)) throw error;
    await this.read();
    for (const { name } of this.timeline?.blocks ?? []) {
      const items = this.#blocks.get(name) ?? (await this.#api.block(name).catch(() => []));
      const index = items.findIndex((item) => item.key === key);
      const item = items[index];
      if (item) return { item, place: { block: name, index } };
    }
    throw error;
  }

  #list(name: string, items: readonly Media[]): void {
    const at = this.timeline?.blocks.findIndex((block) => block.name === name) ?? -1;
    const start = this.#starts[at];
    if (start !== undefined) items.forEach(({ key }, offset) => this.#index.set(key, start + offset));
  }

  #indexAt({ block, index }: Place): number | null {
    const at = this.timeline?.blocks.findIndex(({ name }) => name === block) ?? -1;
    const start = this.#starts[at];
    return start === undefined ? null : start + index;
  }

  /** The block of an item, with its place in the timeline. */
  #blockOf(index: number): (Block & { readonly at: number }) | null {
    const at = first(this.#starts.length, (block) => (this.#starts[block] ?? 0) > index) - 1;
    const block = this.timeline?.blocks[at];
    return block && index < this.count ? { ...block, at } : null;
  }

  #blocksIn([from, to]: Range): string[] {
    const names: string[] = [];
    for (let index = Math.max(0, from); index < Math.min(to, this.count); ) {
      const block = this.#blockOf(index);
      if (!block) break;
      names.push(block.name);
      index = (this.#starts[block.at] ?? 0) + block.count;
    }
    return names;
  }

  #become(status: Status): void {
    this.status = status;
    this.#changed();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** The version of the library, and what the session opens of it: a session may follow that of a link. */
const originOf = ({ version, view, views, cover, originals, download }: Timeline): string =>
  JSON.stringify([version, view, views, cover, originals, download]);

/** Without a connection, blocks that are kept on this device come at once, and others fail at once. */
const isOffline = (error: unknown): boolean => error instanceof ApiError && error.status === 0 && !navigator.onLine;
