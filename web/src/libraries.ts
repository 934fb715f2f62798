import type { Api } from './api/client.ts';
import type { Timeline } from './api/types.ts';
import { decode, type Favourites } from './favourites/code.ts';
import { favouriteSource } from './favourites/source.ts';
import { isGone } from './library/blocks.ts';
import { Library } from './library/library.ts';
import { codeOf, EVERYTHING } from './route.ts';

/** The views that were shown, so that coming back to one reads nothing again. */
export class Libraries {
  readonly #api: Pick<Api, 'timeline' | 'block' | 'item'>;
  readonly #own: () => Favourites;
  readonly #changed: (name: string, library: Library) => void;
  #all = new Map<string, Library>();

  /** `own` are the viewer's favourites. `changed` is called after every change of a library that is still in use. */
  constructor(api: Pick<Api, 'timeline' | 'block' | 'item'>, own: () => Favourites, changed: (name: string, library: Library) => void) {
    this.#api = api;
    this.#own = own;
    this.#changed = changed;
  }

  /** The library of a view, or of favourites. */
  get(name: string): Library {
    const known = this.#all.get(name);
    if (known) return known;
    const code = codeOf(name);
    const wanted = code === null ? null : code === '' ? this.#own : () => decode(code);
    const created = new Library(wanted ? favouriteSource(() => this.#open(), wanted) : this.#api, name);
    this.#all.set(name, created);
    created.subscribe(() => {
      if (this.#all.get(name) === created) this.#changed(name, created);
    });
    return created;
  }

  known(name: string): Library | undefined {
    return this.#all.get(name);
  }

  /**
   * Where an item is: in a view that is tried first, in what a session sees first, or in another view that is open.
   * `null`: it is in none. Rejects as the API does.
   */
  async find(key: string, first: string): Promise<{ readonly name: string; readonly index: number } | null> {
    const names = new Set([first, EVERYTHING]);
    for (const name of names) {
      const library = this.get(name);
      const index = await library.find(key).catch(none);
      if (index !== null) return { name, index };
      // The set grows while it is gone through.
      if (name === EVERYTHING && library.timeline) for (const other of others(library.timeline)) names.add(other);
    }
    return null;
  }

  /** Libraries with everything that the session opens. Rejects as the API does. */
  async #open(): Promise<readonly Library[]> {
    const all = this.get(EVERYTHING);
    await all.read();
    const open = [all, ...(all.timeline ? others(all.timeline).map((name) => this.get(name)) : [])];
    await Promise.all(open.map((each) => each.read()));
    const failed = open.find(({ timeline }) => timeline === null);
    if (failed) throw failed.error;
    return open;
  }

  /** Forgets all but one, because they are out of date. */
  keep(name: string): void {
    const kept = this.#all.get(name);
    this.#all = new Map(kept ? [[name, kept]] : []);
  }

  forget(): void {
    this.#all = new Map();
  }

  /** Reads nothing more until something is wanted. */
  rest(): void {
    for (const each of this.#all.values()) each.rest();
  }
}

/** The views that a link opens besides the one that it shows first, which is asked for without a name. */
const others = ({ view, views }: Timeline): string[] =>
  view === EVERYTHING ? [] : views.map(({ name }) => name).filter((name) => name !== view && name !== EVERYTHING);

/** A view that is gone has no items. */
function none(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}
