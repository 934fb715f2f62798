import { first } from '../search.ts';
import { h, set } from '../ui/dom.ts';
import { monthName } from '../ui/format.ts';
import { plain } from '../words/locale.ts';
import { words } from '../words/words.ts';

export interface Month {
  /** A day of the month. `null`: without a date. */
  readonly date: string | null;
  /** Where it begins in the page, in CSS pixels. */
  readonly top: number;
}

export interface Scrubber {
  readonly element: HTMLElement;
  /** The grid has another height, or other months. */
  update(): void;
}

/** The names of years are at least so far apart, in px. */
const APART = 26;
/** In a page of fewer windows, a scroll bar is enough. */
const WINDOWS = 4;
/** On a phone, the handle goes when the page has not moved for this time, in ms. */
const LINGER = 1600;
/** What covers the top of the window: a month that begins under it is the one that is seen. */
const COVERED = 110;

/** The way through time, at the end of the lines: years, and a handle with the month that is seen. */
export function scrubber(months: () => readonly Month[]): Scrubber {
  let bubble = h('span', { class: 'scrubber-bubble' });
  const handle = h('div', { class: 'scrubber-handle', role: 'slider', tabindex: 0, 'aria-label': words.scrubber, 'aria-orientation': 'vertical' }, bubble);
  const years = h('div', { class: 'scrubber-years', 'aria-hidden': 'true' });
  const element = h('nav', { class: 'scrubber', 'aria-label': words.scrubber, hidden: true }, years, handle);
  let all: readonly Month[] = [];
  let at = -1;
  let dragging = false;
  let resting: ReturnType<typeof setTimeout> | undefined;

  /** How far the window goes, and the handle. They are measured rarely, because each question may cost a layout. */
  let [reach, track] = [1, 1];

  const nameOf = (index: number) => {
    const date = all[index]?.date ?? null;
    return date === null ? words.grid.undated : monthName(date);
  };

  /** Shows where the window is. */
  function follow(): void {
    if (element.hidden) return;
    handle.style.transform = `translateY(${Math.min(1, scrollY / reach) * track}px)`;
    const now = Math.max(0, first(all.length, (index) => (all[index]?.top ?? 0) > scrollY + COVERED) - 1);
    if (now === at) return;
    at = now;
    // A new element, and not the old one with another width, so that the browser counts no layout shift.
    const next = h('span', { class: 'scrubber-bubble' }, nameOf(now));
    bubble.replaceWith(next);
    bubble = next;
    set(handle, { 'aria-valuenow': now, 'aria-valuetext': nameOf(now) });
  }

  function linger(): void {
    element.classList.add('scrubber-moving');
    clearTimeout(resting);
    resting = setTimeout(() => !dragging && element.classList.remove('scrubber-moving'), LINGER);
  }

  function update(): void {
    all = months();
    at = -1;
    reach = Math.max(1, document.documentElement.scrollHeight - innerHeight);
    element.hidden = all.length < 2 || document.documentElement.scrollHeight < WINDOWS * innerHeight;
    set(handle, { 'aria-valuemin': 0, 'aria-valuemax': Math.max(0, all.length - 1) });
    years.replaceChildren();
    if (element.hidden) return;
    const grip = handle.offsetHeight;
    track = element.clientHeight - grip;
    let [last, year] = [-Infinity, ''];
    for (const { date, top } of all) {
      const its = date?.slice(0, 4) ?? '';
      const y = Math.min(1, top / reach) * track + grip / 2;
      if (its === '' || its === year || y - last < APART || y > track + 8) continue;
      [last, year] = [y, its];
      const mark = h('span', {}, plain(Number(its)));
      mark.style.transform = `translateY(${y}px) translateY(-50%)`;
      years.append(mark);
    }
    follow();
  }

  const goTo = (index: number) => {
    const month = all[Math.max(0, Math.min(all.length - 1, index))];
    if (month) scrollTo(0, index <= 0 ? 0 : month.top - COVERED / 2);
  };

  /** The next month of another year. */
  function otherYear(step: number): number {
    let index = at;
    const year = all[at]?.date?.slice(0, 4);
    while (index + step >= 0 && index + step < all.length && all[index]?.date?.slice(0, 4) === year) index += step;
    return index;
  }

  handle.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = new Map([
      ['ArrowDown', at + 1],
      ['ArrowRight', at + 1],
      ['ArrowUp', at - 1],
      ['ArrowLeft', at - 1],
      ['PageDown', otherYear(1)],
      ['PageUp', otherYear(-1)],
      ['Home', 0],
      ['End', all.length - 1],
    ]).get(event.key);
    if (to === undefined) return;
    event.preventDefault();
    goTo(to);
  });

  /** Brings the window to where the pointer is. */
  function drag(event: PointerEvent): void {
    const { top, height } = element.getBoundingClientRect();
    const part = (event.clientY - top - handle.offsetHeight / 2) / (height - handle.offsetHeight);
    scrollTo(0, Math.max(0, Math.min(1, part)) * reach);
  }

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    dragging = true;
    element.setPointerCapture(event.pointerId);
    element.classList.add('scrubber-dragging');
    linger();
    // A press on the handle itself moves nothing yet.
    if (!(event.target instanceof Node && handle.contains(event.target))) drag(event);
  });
  element.addEventListener('pointermove', (event) => dragging && drag(event));
  for (const type of ['pointerup', 'pointercancel'] as const) {
    element.addEventListener(type, () => {
      dragging = false;
      element.classList.remove('scrubber-dragging');
      linger();
    });
  }
  addEventListener('scroll', () => {
    follow();
    linger();
  }, { passive: true });
  addEventListener('resize', update);

  return { element, update };
}
