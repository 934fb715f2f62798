/** Fingers and mouse on the stage, reported as swipes, pulls, pans, pinches and taps. Lengths are CSS pixels. */
export interface Gestures {
  /** Whether a single finger moves the picture instead of the row of pictures. */
  zoomed(): boolean;
  swipe(dx: number): void;
  /** `velocity` in px/ms. */
  swiped(dx: number, velocity: number): void;
  pull(dy: number): void;
  pulled(dy: number, velocity: number): void;
  pan(dx: number, dy: number): void;
  pinch(factor: number, x: number, y: number): void;
  /** All fingers of a pan or pinch are up. */
  settled(): void;
  tap(event: PointerEvent): void;
  doubleTap(event: PointerEvent): void;
  /** A finger rests on the picture. `false` if this means nothing, so that the finger may still do something else. */
  hold(event: PointerEvent): boolean;
  /** The finger that rested is gone. */
  released(): void;
}

/** A finger that moves less than this makes a tap. */
const SLOP = 8;
/** Two taps within this time (ms) and distance are a double tap. */
const DOUBLE_TIME = 300;
const DOUBLE_REACH = 32;
/** A finger that rests for this time (ms) holds. */
const HOLD = 350;
/** A click that comes within this time (ms) after a swipe is the end of that swipe. */
const ECHO = 100;

interface Point {
  x: number;
  y: number;
}
type Mode = 'none' | 'undecided' | 'swipe' | 'pull' | 'pan' | 'pinch' | 'hold';

/** A gesture may begin on a button. If it becomes more than a tap, the button is not pressed. */
export function watch(stage: HTMLElement, to: Gestures, ignore: (event: PointerEvent) => boolean): void {
  const fingers = new Map<number, Point>();
  let mode: Mode = 'none';
  let start: Point = { x: 0, y: 0 };
  let last: Point & { time: number } = { x: 0, y: 0, time: 0 };
  let velocity: Point = { x: 0, y: 0 };
  let lastTap: Point & { time: number } = { x: 0, y: 0, time: -Infinity };
  let single: ReturnType<typeof setTimeout> | undefined;
  let holding: ReturnType<typeof setTimeout> | undefined;
  /** When a finger that did more than tap was lifted. */
  let lifted = -Infinity;

  stage.addEventListener(
    'click',
    (event) => {
      // The keyboard's clicks have no count.
      if (event.detail === 0 || event.timeStamp - lifted > ECHO) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
  // A long press opens no menu where it already does something.
  stage.addEventListener('contextmenu', (event) => mode === 'hold' && event.preventDefault());

  stage.addEventListener('pointerdown', (event) => {
    // No event tells that a finger was lifted whose picture had been taken away. A primary finger is alone.
    if (event.isPrimary) {
      fingers.clear();
      mode = 'none';
    }
    if ((event.pointerType === 'mouse' && event.button !== 0) || ignore(event)) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 1) {
      mode = 'undecided';
      start = { x: event.clientX, y: event.clientY };
      last = { ...start, time: event.timeStamp };
      velocity = { x: 0, y: 0 };
      clearTimeout(holding);
      if (event.pointerType !== 'mouse') holding = setTimeout(rest, HOLD, event);
    } else if (fingers.size === 2) {
      clearTimeout(holding);
      if (mode === 'hold') to.released();
      if (mode === 'swipe') to.swiped(0, 0);
      if (mode === 'pull') to.pulled(0, 0);
      mode = 'pinch';
    }
  });

  stage.addEventListener('pointermove', (event) => {
    const finger = fingers.get(event.pointerId);
    if (!finger) return;
    if (mode === 'pinch' && fingers.size >= 2) {
      pinched(finger, event);
      return;
    }
    const dx = event.clientX - start.x;
    const dy = event.clientY - start.y;
    if (mode === 'undecided' && Math.hypot(dx, dy) > SLOP) {
      clearTimeout(holding);
      mode = decide(event, dx, dy);
      // From here on, the stage gets the gesture even outside its box. Before, it may have been a click on a control.
      if (mode !== 'none') stage.setPointerCapture(event.pointerId);
    }
    if (mode === 'swipe') to.swipe(dx);
    if (mode === 'pull') to.pull(dy);
    if (mode === 'pan') to.pan(event.clientX - finger.x, event.clientY - finger.y);
    const time = event.timeStamp - last.time;
    if (time > 0) velocity = { x: (event.clientX - last.x) / time, y: (event.clientY - last.y) / time };
    last = { x: event.clientX, y: event.clientY, time: event.timeStamp };
    finger.x = event.clientX;
    finger.y = event.clientY;
  });

  function rest(event: PointerEvent): void {
    if (mode === 'undecided' && to.hold(event)) mode = 'hold';
  }

  function decide(event: PointerEvent, dx: number, dy: number): Mode {
    if (to.zoomed()) return 'pan';
    if (event.pointerType === 'mouse') return 'none';
    return Math.abs(dx) > Math.abs(dy) ? 'swipe' : dy > 0 ? 'pull' : 'none';
  }

  function pinched(finger: Point, event: PointerEvent): void {
    const other = [...fingers.values()].find((each) => each !== finger);
    if (!other) return;
    const before = Math.hypot(finger.x - other.x, finger.y - other.y);
    const centre = { x: (finger.x + other.x) / 2, y: (finger.y + other.y) / 2 };
    finger.x = event.clientX;
    finger.y = event.clientY;
    const after = Math.hypot(finger.x - other.x, finger.y - other.y);
    const moved = { x: (finger.x + other.x) / 2, y: (finger.y + other.y) / 2 };
    to.pan(moved.x - centre.x, moved.y - centre.y);
    if (before > 0) to.pinch(after / before, moved.x, moved.y);
  }

  const up = (event: PointerEvent) => {
    if (!fingers.delete(event.pointerId)) return;
    const cancelled = event.type === 'pointercancel';
    const ended = mode;
    if (ended === 'pinch' && fingers.size === 1) {
      // The remaining finger goes on panning from its place.
      mode = 'pan';
      return;
    }
    if (fingers.size > 0) return;
    clearTimeout(holding);
    mode = 'none';
    if (ended !== 'none' && ended !== 'undecided') lifted = event.timeStamp;
    if (ended === 'hold') to.released();
    if (ended === 'swipe') to.swiped(cancelled ? 0 : event.clientX - start.x, cancelled ? 0 : velocity.x);
    if (ended === 'pull') to.pulled(cancelled ? 0 : event.clientY - start.y, cancelled ? 0 : velocity.y);
    if (ended === 'pan' || ended === 'pinch') to.settled();
    if (ended === 'undecided' && !cancelled) tapped(event);
  };
  stage.addEventListener('pointerup', up);
  stage.addEventListener('pointercancel', up);

  function tapped(event: PointerEvent): void {
    clearTimeout(single);
    // A tap on a button is its click.
    if (event.target instanceof Element && event.target.closest('button, a')) return;
    const again =
      event.timeStamp - lastTap.time < DOUBLE_TIME &&
      Math.hypot(event.clientX - lastTap.x, event.clientY - lastTap.y) < DOUBLE_REACH;
    if (again) {
      lastTap = { x: 0, y: 0, time: -Infinity };
      to.doubleTap(event);
      return;
    }
    lastTap = { x: event.clientX, y: event.clientY, time: event.timeStamp };
    single = setTimeout(() => to.tap(event), DOUBLE_TIME);
  }
}
