/** What was seen, by URL, with what each takes. When it is too much, what was not seen for the longest time goes. */
export interface Limits {
  readonly bytes: number;
  readonly entries: number;
  /** What begins with this goes last. */
  readonly last?: string;
}

/** The size of an entry in bytes, and when it was last seen, as a number that grows. */
type Entry = readonly [size: number, seen: number];

export class Shelf {
  readonly #limits: Limits;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #now = 0;

  constructor(limits: Limits, entries: readonly (readonly [string, Entry])[] = []) {
    this.#limits = limits;
    for (const [url, [size, seen]] of entries) {
      this.#entries.set(url, [size, seen]);
      this.#bytes += size;
      this.#now = Math.max(this.#now, seen);
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(url: string): boolean {
    return this.#entries.has(url);
  }

  urls(): string[] {
    return [...this.#entries.keys()];
  }

  /** Notes that an entry was seen. */
  touch(url: string): void {
    const entry = this.#entries.get(url);
    if (entry) this.#entries.set(url, [entry[0], (this.#now += 1)]);
  }

  /** Adds an entry, or gives it another size. Returns what must go for it, which may be the entry itself. */
  add(url: string, size: number): string[] {
    this.remove(url);
    this.#entries.set(url, [size, (this.#now += 1)]);
    this.#bytes += size;
    if (this.#fits()) return [];
    const last = (each: string) => Number(this.#limits.last !== undefined && each.startsWith(this.#limits.last));
    const oldest = [...this.#entries]
      .sort(([one, [, a]], [other, [, b]]) => last(one) - last(other) || a - b)
      .map(([each]) => each);
    const gone: string[] = [];
    for (const each of oldest) {
      if (this.#fits()) break;
      this.remove(each);
      gone.push(each);
    }
    return gone;
  }

  remove(url: string): void {
    const entry = this.#entries.get(url);
    if (!entry) return;
    this.#bytes -= entry[0];
    this.#entries.delete(url);
  }

  toJSON(): readonly (readonly [string, Entry])[] {
    return [...this.#entries];
  }

  #fits(): boolean {
    return this.#bytes <= this.#limits.bytes && this.#entries.size <= this.#limits.entries;
  }
}
