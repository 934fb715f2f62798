export interface Keys {
  previous(): void;
  next(): void;
  first(): void;
  last(): void;
  toggle(): void;
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
    const action = target?.closest('video') ? null : actions.get(event.key);
    if (event.key === ' ' && target?.closest('button, a')) return;
    if (event.key === 'Escape') to.close();
    else if (action) action(to);
    else return;
    event.preventDefault();
  });
}

const actions: ReadonlyMap<string, (to: Keys) => void> = new Map([
  ['ArrowLeft', (to: Keys) => to.previous()],
  ['ArrowRight', (to: Keys) => to.next()],
  ['Home', (to: Keys) => to.first()],
  ['End', (to: Keys) => to.last()],
  [' ', (to: Keys) => to.toggle()],
  ['+', (to: Keys) => to.zoom(1.5)],
  ['=', (to: Keys) => to.zoom(1.5)],
  ['-', (to: Keys) => to.zoom(1 / 1.5)],
  ['0', (to: Keys) => to.zoom(0)],
]);
