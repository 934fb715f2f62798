/** The slideshow. It is loaded when somebody starts it. */
import { h, set } from '../ui/dom.ts';
import { words } from '../words/words.ts';
import { forward, shuffled, type Order } from './order.ts';
import type { Row } from './row.ts';
import { control } from './toolbar.ts';

/** How long each picture is shown, in seconds. */
const SPEEDS = [3, 5, 8, 15];
const USUAL = 5;
/** How often is asked whether the next picture has come, and how long at most, in ms. */
const POLL = 250;
const PATIENCE = 10_000;
/** The controls go when nobody has moved for this time, in ms. */
const QUIET = 3000;

export interface Slideshow {
  readonly element: HTMLElement;
  /** Goes on from the current item by numbers as they are now. */
  reorder(): void;
  stop(): void;
}

/** The choices of the last slideshow hold for the next one. */
const chosen = { seconds: USUAL, mixed: false };

/** Goes through the view on its own, from the current item. `ended` is called once, also after `stop`. */
export function slideshow(row: Row, dialog: HTMLElement, ended: () => void): Slideshow {
  const over = new AbortController();
  const { signal } = over;
  let order: Order = begin();
  let upcoming = order.next();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  /** It is time for the next picture, which has not come yet, or which nobody would see. */
  let due = false;
  /** Counts the items, so that a film that ends late knows that it has been left. */
  let turn = 0;

  const stopping = control('stop', words.slideshow.stop, 'stop');
  const speed = h('select', { 'aria-label': words.slideshow.each }, ...SPEEDS.map((each) => h('option', { value: each }, words.slideshow.seconds(each))));
  const mix = control('shuffle', words.slideshow.shuffled, 'shuffle');
  const element = h('div', { class: 'show-bar', role: 'group', 'aria-label': words.slideshow.start }, stopping, speed, mix);
  speed.value = String(chosen.seconds);
  set(mix, { 'aria-pressed': String(chosen.mixed) });

  function begin(): Order {
    const count = row.library?.count ?? 0;
    return chosen.mixed ? shuffled(count, row.index) : forward(count, row.index);
  }

  function reorder(): void {
    order = begin();
    upcoming = order.next();
    row.expect(upcoming);
  }

  function schedule(): void {
    clearTimeout(timer);
    if (signal.aborted || document.hidden) return;
    row.expect(upcoming);
    const mine = (turn += 1);
    const film = row.current()?.present?.();
    if (film) void film.then(() => mine === turn && step());
    else timer = setTimeout(step, chosen.seconds * 1000);
  }

  function step(waited = 0): void {
    clearTimeout(timer);
    if (signal.aborted) return;
    due = document.hidden;
    if (due) return;
    const here = row.library?.at(upcoming);
    if (!here || (!row.expect(upcoming) && waited < PATIENCE)) {
      row.expect(upcoming);
      due = true;
      timer = setTimeout(step, POLL, waited + POLL);
      return;
    }
    row.go(upcoming, { turn: 'fade' });
    upcoming = order.next();
    schedule();
  }

  /** The screen stays on. */
  let lock: WakeLockSentinel | null = null;
  async function awake(): Promise<void> {
    if (!('wakeLock' in navigator) || document.hidden) return;
    const held = await navigator.wakeLock.request('screen').catch(() => null);
    if (signal.aborted) void held?.release();
    else lock = held;
  }

  function visible(): void {
    const film = row.current()?.frame.querySelector('video');
    if (document.hidden) {
      clearTimeout(timer);
      film?.pause();
      return;
    }
    void awake();
    if (film && !film.ended) void film.play().catch(() => undefined);
    if (due) step();
    else if (!row.current()?.present) schedule();
  }

  function wake(): void {
    dialog.classList.remove('lightbox-quiet');
    rest();
  }

  function rest(): void {
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      if (element.matches(':focus-within')) rest();
      else dialog.classList.add('lightbox-quiet');
    }, QUIET);
  }

  function stop(): void {
    if (signal.aborted) return;
    over.abort();
    clearTimeout(timer);
    clearTimeout(quiet);
    row.expect(-1);
    void lock?.release().catch(() => undefined);
    dialog.classList.remove('lightbox-quiet');
    element.remove();
    ended();
  }

  stopping.addEventListener('click', stop);
  speed.addEventListener('change', () => {
    chosen.seconds = Number(speed.value);
    if (!row.current()?.present) schedule();
  });
  mix.addEventListener('click', () => {
    chosen.mixed = !chosen.mixed;
    set(mix, { 'aria-pressed': String(chosen.mixed) });
    reorder();
  });
  document.addEventListener('visibilitychange', visible, { signal });
  dialog.addEventListener('pointermove', (event) => event.pointerType === 'mouse' && wake(), { signal });
  dialog.addEventListener('pointerdown', rest, { signal });
  document.addEventListener('keydown', wake, { signal });
  void awake();
  wake();
  schedule();
  return { element, reorder, stop };
}
