import type { Media, Timeline } from '../api/types.ts';
import type { Library } from '../library/library.ts';
import { along } from '../ui/direction.ts';
import { stillMotion } from '../ui/dom.ts';
import { putAside } from '../ui/modal.ts';
import { film } from './film.ts';
import { photo } from './photo.ts';
import { rooms } from './room.ts';
import type { Slide, Surroundings } from './slide.ts';

/** How one item makes room for another. */
export type Turn = 'glide' | 'fade';

export interface Row {
  readonly library: Library | null;
  readonly timeline: Timeline | null;
  /** The number of the current item, or -1. */
  readonly index: number;
  current(): Slide | undefined;
  /** Begins anew with another library, or with what it has become. */
  open(library: Library): void;
  /**
   * Counts by what the library has become, where the current item has the number `at`. It stays as it is: its film
   * plays on, and it stays zoomed. `false` if another item has this number.
   */
  renumber(library: Library, at: number): boolean;
  /**
   * Moves to an item. `false` if it is not there: there is none, or it has not been read yet and is shown when it has
   * come. `from` is where a finger let the row go, px.
   */
  go(to: number, how?: { readonly play?: boolean; readonly from?: number; readonly turn?: Turn }): boolean;
  /** Loads an item that comes next, wherever it is; -1 for none. `true` once there is something to see of it. */
  expect(next: number): boolean;
  /** Follows a finger by `dx` px, and lets go of it. */
  drag(dx: number): void;
  drop(dx: number): void;
  clear(): void;
}

export interface RowEvents {
  leaving(): void;
  arrived(item: Media): void;
  arranged(): void;
  displaced(key: string): void;
}

/** The room between two pictures in the row, in CSS pixels. */
const BETWEEN = 32;
/** So many items to each side of the current one are read, so that turning needs no wait. */
const AROUND = 4;
const FADE = 900;
/** On smaller screens the large thumbnail does for the moment that a swipe takes. */
const LARGE = '(min-width: 700px)';

/** The current item and its two neighbours, which load in the meantime. */
export function row(track: HTMLElement, around: Surroundings, to: RowEvents): Row {
  const slides = new Map<number, Slide>();
  const room = rooms();
  let library: Library | null = null;
  /** The timeline by which `index` counts. */
  let timeline: Timeline | null = null;
  let index = -1;
  /** The item that the viewer wants to see and that has not been read yet, or -1. */
  let heading = -1;
  /** The item that comes next without a swipe, or -1, and the one that is fading away. */
  let expected = -1;
  let fading: Slide | null = null;
  /** The item whose picture is there. */
  let settled: Media | null = null;
  let unsubscribe: () => void = () => undefined;
  const count = () => library?.count ?? 0;
  const current = () => slides.get(index);
  const off = (offset: number, more = 0) => `${along(offset) * 100}% + ${along(offset) * BETWEEN + more}px`;

  /** The library has read something, or has changed. */
  function changed(): void {
    const key = current()?.item.key;
    if (library?.timeline !== timeline && key !== undefined) to.displaced(key);
    else if (heading >= 0 && library?.at(heading)) go(heading);
    else if (index >= 0) arrange();
  }

  function go(next: number, { play = false, from = 0, turn = 'glide' }: Parameters<Row['go']>[1] = {}): boolean {
    heading = -1;
    // In a library that has changed, the numbers are those of other items until the row is opened anew.
    if (index >= 0 && library?.timeline !== timeline) return false;
    if (!library || next < 0 || next >= count() || next === index) return false;
    const item = library.at(next);
    if (!item) {
      heading = next;
      library.want([next, next + 1], [next - 1, next + 2]);
      return false;
    }
    const step = next - index;
    const turning = index >= 0 && Math.abs(step) === 1;
    to.leaving();
    const before = current();
    before?.deactivate();
    index = next;
    expected = -1;
    fading = turn === 'fade' && before && !stillMotion() ? before : null;
    arrange();
    current()?.activate(play);
    to.arrived(item);
    track.style.transform = '';
    if (fading) fade(fading, current());
    else if (turning && turn === 'glide') glide(off(step, from));
    wantAround();
    return true;
  }

  function wantAround(): void {
    library?.want([index - 1, index + 2], [index - AROUND, index + AROUND + 1]);
  }

  function renumber(from: Library, at: number): boolean {
    const here = current();
    // What is read again is another object, also where it says the same.
    if (from !== library || !here || JSON.stringify(from.at(at)) !== JSON.stringify(here.item)) return false;
    for (const slide of slides.values()) if (slide !== here) remove(slide);
    slides.clear();
    slides.set(at, here);
    timeline = from.timeline;
    index = at;
    heading = -1;
    expected = -1;
    fading = null;
    arrange();
    wantAround();
    return true;
  }

  /** Lets the row come to rest from its present place. */
  function glide(from: string): void {
    track.style.transform = '';
    if (stillMotion()) return;
    track.animate([{ transform: `translateX(calc(${from}))` }, { transform: 'none' }], {
      duration: 320,
      easing: 'cubic-bezier(.2,.8,.2,1)',
    });
  }

  /** Both stand in the same place while one makes room for the other. */
  function fade(old: Slide, fresh: Slide | undefined): void {
    const ways = { duration: FADE, easing: 'ease-in-out' };
    fresh?.element.animate([{ transform: 'none', opacity: 0 }, { transform: 'none', opacity: 1 }], ways);
    const going = old.element.animate([{ transform: 'none', opacity: 1 }, { transform: 'none', opacity: 0 }], ways);
    going.finished.catch(() => undefined).then(() => {
      if (fading !== old) return;
      fading = null;
      if (index >= 0) arrange();
    });
  }

  function arrange(): void {
    for (const [at, slide] of slides) {
      if (Math.abs(at - index) <= 1 || at === expected || slide === fading) continue;
      remove(slide);
      slides.delete(at);
    }
    for (const at of new Set([index, index + 1, index - 1, expected])) {
      const slide = at < 0 ? undefined : (slides.get(at) ?? create(at));
      if (!slide) continue;
      const offset = at - index;
      slide.element.style.transform = `translateX(calc(${off(offset)}))`;
      putAside(slide.element, offset !== 0);
    }
    prepare();
    to.arranged();
  }

  function create(at: number): Slide | null {
    const item = library?.at(at);
    if (!item) return null;
    const slide = item.type === 'video' ? film(item, around) : photo(item, around, timeline?.originals, sharp);
    slides.set(at, slide);
    track.append(slide.element);
    room.watch(slide.element);
    return slide;
  }

  function remove(slide: Slide): void {
    room.leave(slide.element);
    slide.destroy();
  }

  function sharp(item: Media): void {
    settled = item;
    prepare();
  }

  /** Once the current picture is there, its neighbours come too. They may be read later than it. */
  function prepare(): void {
    if (!settled || settled !== current()?.item || !matchMedia(LARGE).matches || savesData()) return;
    for (const at of [index + 1, index - 1]) slides.get(at)?.prepare();
  }

  function clear(): void {
    unsubscribe();
    for (const slide of slides.values()) remove(slide);
    slides.clear();
    track.replaceChildren();
    track.style.transform = '';
    library = null;
    timeline = null;
    index = -1;
    heading = -1;
    expected = -1;
    fading = null;
    settled = null;
  }

  return {
    get library() {
      return library;
    },
    get timeline() {
      return timeline;
    },
    get index() {
      return index;
    },
    current,
    open(from) {
      if (from === library && from.timeline === timeline) return;
      clear();
      library = from;
      timeline = from.timeline;
      unsubscribe = from.subscribe(changed);
    },
    renumber,
    go,
    expect(next) {
      if (expected !== next) {
        expected = next;
        // What was expected before is no longer kept.
        if (index >= 0) arrange();
      }
      if (!library || next < 0 || next >= count()) return false;
      if (!slides.has(next)) {
        if (library.at(next)) arrange();
        else library.want([next, next + 1], [next, next + 1]);
      }
      const slide = slides.get(next);
      slide?.prepare();
      return slide?.ready() ?? false;
    },
    drag(dx) {
      const edge = along(dx) > 0 ? index === 0 : index + 1 >= count();
      track.style.transform = `translateX(${edge ? dx / 3 : dx}px)`;
    },
    drop: (dx) => glide(`${dx}px`),
    clear,
  };
}

/** Whether the viewer has asked for little traffic. Only some browsers tell. */
const savesData = (): boolean => {
  const connection: unknown = 'connection' in navigator ? navigator.connection : null;
  return typeof connection === 'object' && connection !== null && 'saveData' in connection && connection.saveData === true;
};
