import type { Api } from './api/client.ts';
import { decode, type Favourites } from './favourites/code.ts';
import { favouriteSource } from './favourites/source.ts';
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
    const created = new Library(wanted ? favouriteSource(this.get(EVERYTHING), wanted) : this.#api, name);
    this.#all.set(name, created);
    created.subscribe(() => {
      if (this.#all.get(name) === created) this.#changed(name, created);
    });
    return created;
  }

  known(name: string): Library | undefined {
    return this.#all.get(name);
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
