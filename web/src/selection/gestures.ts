import type { Range } from '../library/library.ts';
import type { Selection, Sweep } from './selection.ts';

/** A finger that stays for this time, in ms, selects. */
const LONG = 450;
/** A finger that moves by this distance, in px, does not stay. */
const STAYS = 10;
/** At the edges of the window, a pointer that selects scrolls the page: this near, in px, and so far in each frame. */
const EDGE = 90;
const STEP = 14;

export interface Tiles {
  readonly element: HTMLElement;
  /** The number of the item whose tile an element is in, or -1. */
  indexOf(element: Element | null): number;
  dayOf(check: Element): Range | null;
}

/** Selects by long press, by Shift, by drag over tiles, by the checkboxes, and by keys: Space or X, with Shift up to there, and F for favourites. */
export function gestures(
  { element, indexOf, dayOf }: Tiles,
  select: Selection,
  like: (index: number) => void,
  selecting: () => boolean,
): void {
  let sweep: Sweep | null = null;
  let pressed: { readonly index: number; readonly x: number; readonly y: number; readonly touch: boolean } | null = null;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let point = { x: 0, y: 0 };
  let frame = 0;
  /** Set until the next press if clicks belong to a gesture. After a long press on an iPhone, they come late. */
  let swallow = false;

  const targetOf = (event: Event) => (event.target instanceof Element ? event.target : null);
  const stop = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };

  element.addEventListener('click', (event) => {
    const target = targetOf(event);
    const day = target?.closest('.day-check');
    const range = day && dayOf(day);
    if (range) select.toggleAll(range);
    const index = indexOf(target);
    // A click by keys has no detail, and belongs to no gesture.
    if (swallow && event.detail > 0 && index >= 0) stop(event);
    else if (index >= 0 && !event.metaKey && !event.ctrlKey && !event.altKey) {
      if (event.shiftKey) {
        stop(event);
        select.extend(index);
      } else if (!selecting() && target?.closest('.tile-heart')) {
        stop(event);
        like(index);
      } else if (selecting() || target?.closest('.tile-check')) {
        stop(event);
        select.toggle(index);
      }
    }
  }, { capture: true });

  element.addEventListener('keydown', (event) => {
    const index = indexOf(targetOf(event));
    if (index < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const key = event.key.toLowerCase();
    if (key !== ' ' && key !== 'x' && key !== 'f') return;
    event.preventDefault();
    if (key === 'f') like(index);
    else if (event.shiftKey) select.extend(index);
    else select.toggle(index);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && selecting() && !document.querySelector('dialog[open]') && !event.defaultPrevented) select.clear();
  });

  function start(): void {
    if (!pressed) return;
    sweep = select.begin(pressed.index);
    swallow = true;
    frame = requestAnimationFrame(atEdge);
  }

  function end(): void {
    clearTimeout(waiting);
    cancelAnimationFrame(frame);
    sweep?.end();
    sweep = null;
    pressed = null;
  }

  function moved(): void {
    const index = indexOf(document.elementFromPoint(point.x, point.y));
    if (index >= 0) sweep?.to(index);
  }

  function atEdge(): void {
    if (!sweep) return;
    const by = point.y < EDGE ? -STEP : point.y > innerHeight - EDGE ? STEP : 0;
    if (by !== 0) {
      scrollBy(0, by);
      moved();
    }
    frame = requestAnimationFrame(atEdge);
  }

  element.addEventListener('pointerdown', (event) => {
    // A second finger presses while the first one selects.
    if (event.isPrimary) swallow = false;
    const index = indexOf(targetOf(event));
    if (index < 0 || event.button !== 0 || !event.isPrimary) return;
    const touch = event.pointerType !== 'mouse';
    point = { x: event.clientX, y: event.clientY };
    pressed = { index, ...point, touch };
    clearTimeout(waiting);
    if (touch) {
      waiting = setTimeout(() => {
        start();
        navigator.vibrate?.(10);
      }, LONG);
    }
  });
  addEventListener('pointermove', (event) => {
    if (!pressed || !event.isPrimary) return;
    point = { x: event.clientX, y: event.clientY };
    const far = Math.hypot(point.x - pressed.x, point.y - pressed.y) > STAYS;
    if (sweep) moved();
    else if (far && pressed.touch) clearTimeout(waiting);
    else if (far && selecting()) start();
  });
  addEventListener('pointerup', end);
  addEventListener('pointercancel', end);
  // While a finger selects, it does not scroll, and no menu opens.
  element.addEventListener('touchmove', (event) => sweep && event.preventDefault(), { passive: false });
  element.addEventListener('contextmenu', (event) => pressed?.touch && event.preventDefault());
  // A link that is dragged would take the drag away.
  element.addEventListener('dragstart', (event) => (selecting() || pressed?.touch) && event.preventDefault());
}
