import type { Media, Timeline } from '../api/types.ts';
import type { Library } from '../library/library.ts';
import { h, set, stillMotion } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { caption } from './caption.ts';
import { film } from './film.ts';
import { watch } from './gestures.ts';
import { keyboard } from './keys.ts';
import { photo } from './photo.ts';
import type { Slide, Surroundings } from './slide.ts';
import { zoomer } from './zoomer.ts';
import { words } from '../words/words.ts';
import { along } from '../ui/direction.ts';

export interface LightboxEvents extends Surroundings {
  /** Called when another item is the current one. */
  moved(item: Media): void;
  /** Called when the library has changed, so that the current item may have another number, or be gone. */
  displaced(key: string): void;
  /** Called when the viewer wants to close the lightbox. */
  close(): void;
}

export interface Lightbox {
  readonly element: HTMLDialogElement;
  /** The current picture, for the transition from and to the grid. */
  frame(): HTMLElement | null;
  /** The key of the current item. */
  key(): string | null;
  show(library: Library, index: number, play: boolean): void;
  /** Shows a notice instead of an item: that the item is being looked for, or was not found. */
  tell(notice: HTMLElement): void;
  hide(): void;
}

/** The room between two pictures in the row, in CSS pixels. */
const BETWEEN = 32;
/** A swipe this long (px), or a flick this fast (px/ms), turns to the neighbour. */
const TURN = 80;
const FLICK = 0.4;
/** A pull down by this distance (px) closes the lightbox. */
const PULL = 110;
/** The height of the players' own controls, in CSS pixels. */
const CONTROLS = 96;
/** So many items to each side of the current one are read, so that turning needs no wait. */
const AROUND = 4;

export function lightbox(events: LightboxEvents): Lightbox {
  const track = h('div', { class: 'track' });
  const stage = h('div', { class: 'stage', tabindex: -1, autofocus: true, 'aria-roledescription': words.lightbox.role }, track);
  const text = caption();
  const control = (name: string, label: string, drawing: Parameters<typeof icon>[0]) =>
    h('button', { type: 'button', class: `control ${name}`, 'aria-label': label, title: label }, icon(drawing));
  const close = control('control-close', words.page.close, 'close');
  const previous = control('control-previous', words.lightbox.previous, 'previous');
  const next = control('control-next', words.lightbox.next, 'next');
  const download = h('a', { class: 'control control-download', title: words.lightbox.downloadOriginal }, icon('download'));
  const element = h(
    'dialog',
    { class: 'lightbox', 'aria-label': words.lightbox.label },
    stage,
    h('div', { class: 'bar' }, download, close),
    previous,
    next,
    text.element,
  );

  const slides = new Map<number, Slide>();
  let library: Library | null = null;
  /** The timeline by which `index` counts. */
  let timeline: Timeline | null = null;
  let index = -1;
  /** The item that the viewer wants to see and that has not been read yet, or -1. */
  let heading = -1;
  /** Set while the page goes back, which takes a moment. A second close in this time would go back too far. */
  let leaving = false;
  let unsubscribe: () => void = () => undefined;
  const current = () => slides.get(index);
  const zoom = zoomer(stage, current, (zoomed) => {
    element.classList.toggle('lightbox-zoomed', zoomed);
    if (zoomed) current()?.sharpen();
  });

  previous.addEventListener('click', () => go(index - 1));
  next.addEventListener('click', () => go(index + 1));
  close.addEventListener('click', leave);
  // For Esc and Android's back gesture. The URL decides what is open, so closing goes through the URL.
  element.addEventListener('cancel', (event) => {
    event.preventDefault();
    leave();
  });
  keyboard(element, {
    previous: () => go(index - 1),
    next: () => go(index + 1),
    first: () => go(0),
    last: () => go((library?.count ?? 0) - 1),
    own: (event) => current()?.key(event) ?? false,
    zoom: (factor) => zoom.by(factor),
    close: leave,
  });

  watch(
    stage,
    {
      zoomed: zoom.active,
      swipe(dx) {
        const back = along(dx) > 0;
        const edge = back ? index === 0 : index + 1 >= (library?.count ?? 0);
        track.style.transform = `translateX(${edge ? dx / 3 : dx}px)`;
      },
      swiped(dx, velocity) {
        const turn = Math.abs(dx) > TURN || (Math.abs(velocity) > FLICK && Math.sign(velocity) === Math.sign(dx));
        if (!turn || !go(index - Math.sign(along(dx)), false, dx)) glide(`${dx}px`);
      },
      pull(dy) {
        track.style.transform = `translateY(${dy}px) scale(${1 - Math.min(0.15, dy / 2000)})`;
        element.style.setProperty('--fade', String(Math.max(0.3, 1 - dy / 500)));
      },
      pulled(dy, velocity) {
        element.style.removeProperty('--fade');
        if (dy > PULL || velocity > FLICK) leave();
        else glide('0px');
      },
      pan: zoom.pan,
      pinch: zoom.pinch,
      settled: zoom.settle,
      tap(event) {
        if (event.pointerType === 'mouse') {
          if (event.target instanceof Element && !event.target.closest('.frame')) leave();
        } else if (current()?.zooms) element.classList.toggle('lightbox-quiet');
      },
      doubleTap: (event) => zoom.toggle(event.clientX, event.clientY),
    },
    // The player's timeline, buttons and notices keep their clicks and drags.
    (event) =>
      event.target instanceof Element && (event.target.closest('button, a, .failure, .film-bar, .film-panel') !== null || onTimeline(event)),
  );

  function leave(): void {
    if (leaving) return;
    leaving = true;
    events.close();
  }

  /**
   * Moves to an item. `false` if it is not there: there is none, or it has not been read yet and is shown when it has
   * come. `from` is where a finger let the row go, px.
   */
  function go(to: number, play = false, from = 0): boolean {
    heading = -1;
    if (!library || to < 0 || to >= library.count || to === index) return false;
    const item = library.at(to);
    if (!item) {
      heading = to;
      library.want([to, to + 1], [to - 1, to + 2]);
      return false;
    }
    const step = to - index;
    const turning = index >= 0 && Math.abs(step) === 1;
    zoom.reset();
    current()?.deactivate();
    index = to;
    arrange();
    current()?.activate(play);
    describe(item);
    events.moved(item);
    if (turning) glide(`calc(${along(step) * 100}% + ${along(step) * BETWEEN + from}px)`);
    else track.style.transform = '';
    library.want([to - 1, to + 2], [to - AROUND, to + AROUND + 1]);
    return true;
  }

  /** The library has read something, or has changed. */
  function changed(): void {
    const key = current()?.item.key;
    if (library?.timeline !== timeline && key !== undefined) events.displaced(key);
    else if (heading >= 0 && library?.at(heading)) go(heading);
    else if (index >= 0) arrange();
  }

  /** Lets the row come to rest from its present place. */
  function glide(from: string): void {
    track.style.transform = '';
    if (stillMotion()) return;
    track.animate([{ transform: `translateX(${from})` }, { transform: 'none' }], {
      duration: 320,
      easing: 'cubic-bezier(.2,.8,.2,1)',
    });
  }

  /** Keeps the current item and its two neighbours, which load in the meantime. */
  function arrange(): void {
    for (const [at, slide] of slides) {
      if (Math.abs(at - index) <= 1) continue;
      slide.destroy();
      slides.delete(at);
    }
    for (const at of [index, index + 1, index - 1]) {
      const item = library?.at(at);
      if (!item) continue;
      let slide = slides.get(at);
      if (!slide) {
        slide = item.type === 'video' ? film(item, events) : photo(item, events, timeline?.originals);
        slides.set(at, slide);
        track.append(slide.element);
      }
      const offset = at - index;
      const x = along(offset);
      slide.element.style.transform = `translateX(calc(${x * 100}% + ${x * BETWEEN}px))`;
      slide.element.inert = offset !== 0;
    }
    previous.disabled = index <= 0;
    next.disabled = index + 1 >= (library?.count ?? 0);
  }

  function describe(item: Media): void {
    text.show(item);
    set(stage, { 'aria-label': item.type === 'video' ? words.item.film(item.name) : words.item.photo(item.name) });
    const hidden = !(timeline?.originals && timeline.download);
    set(download, { href: item.file, download: item.name, 'aria-label': words.lightbox.downloadOf(item.name), hidden });
  }

  function clear(): void {
    unsubscribe();
    zoom.reset();
    for (const slide of slides.values()) slide.destroy();
    slides.clear();
    track.replaceChildren();
    track.style.transform = '';
    element.classList.remove('lightbox-quiet');
    library = null;
    timeline = null;
    index = -1;
    heading = -1;
    leaving = false;
  }

  function appear(): void {
    if (element.open) return;
    const { documentElement } = document;
    documentElement.style.setProperty('--scrollbar', `${innerWidth - documentElement.clientWidth}px`);
    element.showModal();
  }

  return {
    element,
    frame: () => current()?.frame ?? null,
    key: () => current()?.item.key ?? null,
    show(from, at, play) {
      if (from !== library || from.timeline !== timeline) {
        clear();
        library = from;
        timeline = from.timeline;
        unsubscribe = from.subscribe(changed);
      }
      appear();
      go(at, play);
    },
    tell(notice) {
      clear();
      text.clear();
      set(download, { hidden: true });
      previous.disabled = true;
      next.disabled = true;
      track.append(notice);
      appear();
    },
    hide() {
      clear();
      if (element.open) element.close();
    },
  };
}

/** Whether an event is at the foot of a playing film, where a drag seeks in the film instead of turning to an item. */
function onTimeline(event: PointerEvent): boolean {
  const { target } = event;
  return target instanceof HTMLVideoElement && target.controls && event.clientY > target.getBoundingClientRect().bottom - CONTROLS;
}
