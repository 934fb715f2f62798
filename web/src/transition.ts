import { stillMotion } from './ui/dom.ts';

const NAME = 'picture';

/**
 * Turns one element into another while the page changes: a tile grows into the lightbox, and shrinks back.
 * Without support, or if the viewer wants no motion, the change is made without a transition.
 */
export function transition(from: HTMLElement | null, to: () => HTMLElement | null, change: () => void): void {
  if (!('startViewTransition' in document) || stillMotion() || from === null || !visible(from)) {
    change();
    return;
  }
  let target: HTMLElement | null = null;
  from.style.setProperty('view-transition-name', NAME);
  const running = document.startViewTransition(() => {
    from.style.removeProperty('view-transition-name');
    change();
    target = to();
    target?.style.setProperty('view-transition-name', NAME);
  });
  // Another transition may cut this transition short, which is not an error.
  running.ready.catch(() => undefined);
  void running.finished.finally(() => target?.style.removeProperty('view-transition-name'));
}

function visible(element: HTMLElement): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}
