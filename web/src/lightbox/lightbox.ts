import type { Details, Media } from '../api/types.ts';
import { heart } from '../favourites/heart.ts';
import type { Library } from '../library/library.ts';
import { along } from '../ui/direction.ts';
import { h, set } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { modal } from '../ui/modal.ts';
import { adopt } from '../ui/sheet.ts';
import { words } from '../words/words.ts';
import css from '../styles/lightbox.css?inline';
import { attached } from './attached.ts';
import { caption, headline, spokenName } from './caption.ts';
import { extras } from './extras.ts';
import { fullScreen } from './full-screen.ts';
import { watch } from './gestures.ts';
import { keyboard } from './keys.ts';
import { row } from './row.ts';
import type { Surroundings } from './slide.ts';
import { control, toolbar, type Tool } from './toolbar.ts';
import { zoomer } from './zoomer.ts';

export interface LightboxEvents extends Surroundings {
  /** Called when another item is the current one. `title` names it for a person. */
  moved(item: Media, title: string): void;
  /** Called when the library has changed, so that the current item may have another number, or be gone. */
  displaced(key: string): void;
  /** What the listing does not tell of an item. Rejects as the API does. */
  details(key: string): Promise<Details>;
  isFavourite(item: Media): boolean;
  /** Called when the viewer likes the item, or likes it no longer. */
  like(item: Media): void;
  /** Called when the viewer wants to close the lightbox. */
  close(): void;
}

export interface Lightbox {
  readonly element: HTMLDialogElement;
  /** The current picture, for the transition from and to the grid. */
  frame(): HTMLElement | null;
  /** The key of the current item. */
  key(): string | null;
  /** Shows again what is marked. */
  mark(): void;
  show(library: Library, index: number, play: boolean): void;
  /** Shows a notice instead of an item: that the item is being looked for, or was not found. */
  tell(notice: HTMLElement): void;
  hide(): void;
}

/** A swipe this long (px), or a flick this fast (px/ms), turns to the neighbour. */
const TURN = 80;
const FLICK = 0.4;
/** A pull down by this distance (px) closes the lightbox. */
const PULL = 110;
/** The height of the players' own controls, in CSS pixels. */
const CONTROLS = 96;
/** A word of what was done is shown for this time, in ms. */
const WORD = 5000;
/** What keeps its clicks and drags: the player's timeline, panels and notices. */
const OWN = '.failure, .film-bar, .film-panel, .bar, .info, .show-bar';

export function lightbox(events: LightboxEvents): Lightbox {
  adopt(css);
  const track = h('div', { class: 'track' });
  const stage = h('div', { class: 'stage', role: 'group', tabindex: -1, autofocus: true, 'aria-roledescription': words.lightbox.role }, track);
  const text = caption();
  const said = h('p', { class: 'said', role: 'status' });
  const close = control('close', words.page.close, 'close');
  const previous = control('previous', words.lightbox.previous, 'previous');
  const next = control('next', words.lightbox.next, 'next');
  const tools = toolbar(close);
  const viewer = h('div', { class: 'viewer' }, stage, tools.element, previous, next, text.element, said);
  const element = modal(h('dialog', { class: 'lightbox', 'aria-label': words.lightbox.label }, viewer));

  /** Set while the page goes back, which takes a moment. A second close in this time would go back too far. */
  let leaving = false;
  const items = row(track, events, {
    leaving: () => zoom.reset(),
    arrived(item) {
      describe(item);
      // A film has no tap that hides the controls, so they come back. A slideshow hides them by itself.
      if (!current()?.zooms && !more.runs()) element.classList.remove('lightbox-quiet');
      events.moved(item, headline(item));
    },
    arranged() {
      previous.disabled = items.index <= 0;
      next.disabled = items.index + 1 >= (items.library?.count ?? 0);
    },
    displaced: (key) => events.displaced(key),
  });
  const current = () => items.current();
  const zoom = zoomer(stage, current, (zoomed) => {
    element.classList.toggle('lightbox-zoomed', zoomed);
    if (!zoomed) return;
    more.stop();
    current()?.sharpen();
  });
  const full = fullScreen(viewer);
  const loved = heart(events.isFavourite, events.like);
  const { details, stillWelcome } = events;
  const more = extras({ dialog: element, bar: tools.element, items, caption: text, details, stillWelcome, tell: inform, say });
  for (const tool of [full, ...[...more.tools].reverse(), download(), loved]) tools.add(tool);

  /** The viewer goes on to another item. */
  function turn(to: number, from = 0): boolean {
    more.stop();
    return items.go(to, { from });
  }

  previous.addEventListener('click', () => turn(items.index - 1));
  next.addEventListener('click', () => turn(items.index + 1));
  close.addEventListener('click', () => {
    more.reset();
    leave();
  });
  // For Esc and Android's back gesture. The URL decides what is open, so closing goes through the URL.
  element.addEventListener('cancel', (event) => {
    event.preventDefault();
    leave();
  });
  // Safari before 16 scrolls to what is only hidden, such as a neighbour's button that gets the focus.
  element.addEventListener('scroll', () => element.scrollTo(0, 0));
  keyboard(element, {
    previous: () => turn(items.index - 1),
    next: () => turn(items.index + 1),
    first: () => turn(0),
    last: () => turn((items.library?.count ?? 0) - 1),
    // What plays by itself is stopped by the keys by which one goes on.
    own: (event) => !more.runs() && (current()?.key(event) ?? false),
    tool: (key) => current() !== undefined && tools.key(key),
    zoom(factor) {
      if (!current()?.zooms) return;
      zoom.by(factor);
      say(zoom.active() ? words.viewer.zoomed(Math.round(zoom.scale() * 100)) : words.viewer.whole);
    },
    pan(right, down) {
      if (zoom.active()) zoom.look(right, down);
      return zoom.active();
    },
    close: () => void leave(),
  });

  watch(
    viewer,
    {
      zoomed: zoom.active,
      swipe: (dx) => items.drag(dx),
      swiped(dx, velocity) {
        const far = Math.abs(dx) > TURN || (Math.abs(velocity) > FLICK && Math.sign(velocity) === Math.sign(dx));
        if (!far || !turn(items.index - Math.sign(along(dx)), dx)) items.drop(dx);
      },
      pull(dy) {
        track.style.transform = `translateY(${dy}px) scale(${1 - Math.min(0.15, dy / 2000)})`;
        element.style.setProperty('--fade', String(Math.max(0.3, 1 - dy / 500)));
      },
      pulled(dy, velocity) {
        element.style.removeProperty('--fade');
        if (!(dy > PULL || velocity > FLICK) || !leave()) items.drop(0);
      },
      pan: zoom.pan,
      pinch: zoom.pinch,
      settled: zoom.settle,
      tap(event) {
        if (!(event.target instanceof Element) || !event.target.closest('.stage')) return;
        if (event.pointerType === 'mouse') {
          if (!event.target.closest('.frame')) leave();
        } else if (current()?.zooms) element.classList.toggle('lightbox-quiet');
        else element.classList.remove('lightbox-quiet');
      },
      doubleTap: (event) => zoom.toggle(event.clientX, event.clientY),
      hold: (event) => event.target instanceof Element && event.target.closest('.frame') !== null && (current()?.hold?.(true) ?? false),
      released: () => void current()?.hold?.(false),
    },
    (event) => event.target instanceof Element && (event.target.closest(OWN) !== null || onTimeline(event)),
  );

  /** Ends what is open beside the item first, and then the lightbox. `false` if the item stays. */
  function leave(): boolean {
    if (more.back()) return false;
    if (!leaving) events.close();
    leaving = true;
    return true;
  }

  let word: ReturnType<typeof setTimeout> | undefined;
  /** Says something to screen readers. */
  function say(sentence: string): void {
    clearTimeout(word);
    said.classList.remove('said-shown');
    said.textContent = sentence;
  }

  /** Says something to everybody. */
  function inform(sentence: string): void {
    say(sentence);
    if (sentence === '') return;
    said.classList.add('said-shown');
    word = setTimeout(say, WORD, '');
  }

  function download(): Tool {
    const link = h('a', { class: 'control control-download', title: words.lightbox.downloadOriginal }, icon('download'));
    // The browser does not tell the page of a download that fails.
    link.addEventListener('click', () => void stillWelcome());
    return {
      element: link,
      show(item) {
        const { timeline } = items;
        const hidden = !(timeline?.originals && timeline.download);
        set(link, { href: attached(item.file), download: item.name, hidden });
        set(link, { 'aria-label': words.lightbox.downloadOf(headline(item)) });
      },
    };
  }

  function describe(item: Media): void {
    const { library, timeline, index } = items;
    const album = timeline?.views.find(({ name }) => name === timeline.view)?.title ?? null;
    text.show(item, { album, at: index + 1, of: library?.count ?? 0 });
    // What was said of the picture before no longer holds.
    if (!said.classList.contains('said-shown')) say('');
    set(stage, { 'aria-label': spokenName(item) });
    element.classList.remove('lightbox-told');
    tools.show(item);
  }

  /** Another library, or what it has become: what runs at the item that is looked at goes on. */
  function renumber(from: Library, at: number): void {
    const item = items.renumber(from, at) ? current()?.item : undefined;
    if (!item) {
      clear();
      return;
    }
    describe(item);
    more.renumbered();
  }

  function clear(): void {
    more.stop();
    zoom.reset();
    items.clear();
    element.classList.remove('lightbox-quiet');
    leaving = false;
  }

  function appear(): void {
    if (element.open) return;
    const { documentElement } = document;
    documentElement.style.setProperty('--scrollbar', `${innerWidth - documentElement.clientWidth}px`);
    documentElement.classList.add('looking');
    element.showModal();
  }

  return {
    element,
    frame: () => current()?.frame ?? null,
    key: () => current()?.item.key ?? null,
    mark: loved.update,
    show(from, at, play) {
      if (from !== items.library || from.timeline !== items.timeline) renumber(from, at);
      items.open(from);
      appear();
      items.go(at, { play });
    },
    tell(notice) {
      clear();
      more.back();
      text.clear();
      set(stage, { 'aria-label': null });
      // There is nothing that a tool could do something with.
      element.classList.add('lightbox-told');
      previous.disabled = true;
      next.disabled = true;
      track.append(notice);
      appear();
    },
    hide() {
      clear();
      more.reset();
      full.leave();
      document.documentElement.classList.remove('looking');
      if (element.open) element.close();
    },
  };
}

/** Whether an event is at the foot of a playing film, where a drag seeks in the film instead of turning to an item. */
function onTimeline(event: PointerEvent): boolean {
  const { target } = event;
  return target instanceof HTMLVideoElement && target.controls && event.clientY > target.getBoundingClientRect().bottom - CONTROLS;
}
