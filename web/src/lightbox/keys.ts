import { keyAlong } from '../ui/direction.ts';

export interface Keys {
  previous(): void;
  next(): void;
  first(): void;
  last(): void;
  /** The current item's own keys. `false` if a key means nothing to it. */
  own(event: KeyboardEvent): boolean;
  /** What buttons do, by their letter. `false` if a key means nothing. */
  tool(key: string): boolean;
  zoom(factor: number): void;
  /** Moves a zoomed picture by steps. `false` if the picture is whole. */
  pan(right: number, down: number): boolean;
  close(): void;
}

/**
 * The keyboard of the lightbox. A focused player keeps its own keys, and a focused button keeps Space.
 * The listener is on the document, because the focus leaves the dialog when a focused button disappears.
 */
export function keyboard(dialog: HTMLDialogElement, to: Keys): void {
  document.addEventListener('keydown', (event) => {
    if (!dialog.open || event.altKey || event.ctrlKey || event.metaKey) return;
    const target = event.target instanceof Element ? event.target : null;
    const escape = event.key === 'Escape';
    // The browser's own controls of a film, lists and the volume keep their keys.
    if (!escape && target?.closest('video[controls], select, .film-volume')) return;
    if (event.key === ' ' && target?.closest('button, a')) return;
    if (!escape && panned(event.key, to)) event.preventDefault();
    else if (to.own(event)) event.preventDefault();
    else {
      const action = actions.get(keyAlong(event.key));
      if (escape) to.close();
      else if (action) action(to);
      else if (!to.tool(event.key.toLowerCase())) return;
      event.preventDefault();
    }
  });
}

/** A text that is longer than its panel is read with the arrows too. */
const panned = (key: string, to: Keys): boolean => {
  const step = steps.get(key);
  return step !== undefined && !document.activeElement?.closest('.info') && to.pan(...step);
};

const steps: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['ArrowLeft', [-1, 0]],
  ['ArrowRight', [1, 0]],
  ['ArrowUp', [0, -1]],
  ['ArrowDown', [0, 1]],
]);

const actions: ReadonlyMap<string, (to: Keys) => void> = new Map([
  ['ArrowLeft', (to: Keys) => to.previous()],
  ['ArrowRight', (to: Keys) => to.next()],
  ['PageUp', (to: Keys) => to.previous()],
  ['PageDown', (to: Keys) => to.next()],
  ['Home', (to: Keys) => to.first()],
  ['End', (to: Keys) => to.last()],
  [' ', (to: Keys) => void to.tool('s')],
  ['+', (to: Keys) => to.zoom(1.5)],
  ['=', (to: Keys) => to.zoom(1.5)],
  ['-', (to: Keys) => to.zoom(1 / 1.5)],
  ['0', (to: Keys) => to.zoom(0)],
]);
