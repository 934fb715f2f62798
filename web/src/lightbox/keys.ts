import { keyAlong } from '../ui/direction.ts';

export interface Keys {
  previous(): void;
  next(): void;
  first(): void;
  last(): void;
  /** The current item's own keys. `false` if a key means nothing to it. */
  own(event: KeyboardEvent): boolean;
  zoom(factor: number): void;
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
    if (!to.own(event)) {
      const action = actions.get(keyAlong(event.key));
      if (escape) to.close();
      else if (action) action(to);
      else return;
    }
    event.preventDefault();
  });
}

const actions: ReadonlyMap<string, (to: Keys) => void> = new Map([
  ['ArrowLeft', (to: Keys) => to.previous()],
  ['ArrowRight', (to: Keys) => to.next()],
  ['Home', (to: Keys) => to.first()],
  ['End', (to: Keys) => to.last()],
  ['+', (to: Keys) => to.zoom(1.5)],
  ['=', (to: Keys) => to.zoom(1.5)],
  ['-', (to: Keys) => to.zoom(1 / 1.5)],
  ['0', (to: Keys) => to.zoom(0)],
]);
