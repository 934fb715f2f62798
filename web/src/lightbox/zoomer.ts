import { stillMotion } from '../ui/dom.ts';
import type { Slide } from './slide.ts';
import { REST, within, zoomAt, zoomed, type Zoom } from './zoom.ts';

/** The zoom after a double tap or a double click. */
const CLOSER = 2.5;
/** The part of the stage by which one key moves the picture. */
const STEP = 0.2;

export interface Zoomer {
  active(): boolean;
  /** How much larger than whole the picture is. */
  scale(): number;
  /** Moves the picture by CSS pixels. */
  pan(dx: number, dy: number): void;
  /** Looks further right and down in the picture, by steps, as far as it goes. */
  look(right: number, down: number): void;
  /** Scales about a point of the window. */
  pinch(factor: number, x: number, y: number): void;
  /** Zooms in, or out again, about a point of the window. */
  toggle(x: number, y: number): void;
  /** Scales about the middle; 0 goes back to the whole picture. */
  by(factor: number): void;
  /** Lets the picture come back to a place where it leaves no gap. */
  settle(): void;
  reset(): void;
}

/** Applies the zoom to the current slide. */
export function zoomer(stage: HTMLElement, current: () => Slide | undefined, changed: (zoomed: boolean) => void): Zoomer {
  let state: Zoom = REST;

  function apply(to: Zoom, gently: boolean): void {
    const slide = current();
    if (!slide) return;
    const { frame } = slide;
    const before = getComputedStyle(frame).transform;
    state = to;
    frame.style.transform = to === REST ? '' : `translate(${to.x}px, ${to.y}px) scale(${to.scale})`;
    changed(zoomed(to));
    if (gently && !stillMotion()) {
      frame.animate([{ transform: before }, { transform: frame.style.transform || 'none' }], {
        duration: 260,
        easing: 'cubic-bezier(.2,.8,.2,1)',
      });
    }
  }

  function bounded(to: Zoom): Zoom {
    const frame = current()?.frame;
    if (!frame || !zoomed(to)) return REST;
    const size = (of: HTMLElement) => ({ width: of.offsetWidth, height: of.offsetHeight });
    return within(to, size(frame), size(stage));
  }

  function about(factor: number, x: number, y: number): Zoom {
    const { left, top, width, height } = stage.getBoundingClientRect();
    return zoomAt(state, factor, x - left - width / 2, y - top - height / 2);
  }

  const can = () => current()?.zooms ?? false;
  const self: Zoomer = {
    active: () => zoomed(state),
    scale: () => state.scale,
    pan(dx, dy) {
      if (can()) apply({ ...state, x: state.x + dx, y: state.y + dy }, false);
    },
    look(right, down) {
      const [dx, dy] = [right * stage.offsetWidth * STEP, down * stage.offsetHeight * STEP];
      if (can()) apply(bounded({ ...state, x: state.x - dx, y: state.y - dy }), true);
    },
    pinch(factor, x, y) {
      if (can()) apply(about(factor, x, y), false);
    },
    toggle(x, y) {
      if (can()) apply(self.active() ? REST : bounded(about(CLOSER, x, y)), true);
    },
    by(factor) {
      if (can()) apply(factor === 0 ? REST : bounded(zoomAt(state, factor, 0, 0)), true);
    },
    settle: () => apply(bounded(state), true),
    reset: () => apply(REST, false),
  };

  stage.addEventListener(
    'wheel',
    (event) => {
      // Browsers report a pinch on a trackpad as a wheel with Ctrl. It scales the picture, and not the page.
      if (!event.ctrlKey) return;
      event.preventDefault();
      if (can()) apply(bounded(about(Math.exp(-event.deltaY / 120), event.clientX, event.clientY)), false);
    },
    { passive: false },
  );
  // A phone is turned, or a panel opens beside the picture.
  new ResizeObserver(() => self.active() && apply(bounded(state), false)).observe(stage);
  return self;
}
