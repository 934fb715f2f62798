import { keyAlong } from '../ui/direction.ts';

/** Moves the focus from tile to tile with the arrow keys, along the reading. `move` says whether a tile has a neighbour there. */
export function arrows(grid: HTMLElement, move: (from: HTMLElement, key: string) => boolean): void {
  grid.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const from = event.target instanceof Element ? event.target.closest<HTMLElement>('.tile') : null;
    if (from && move(from, keyAlong(event.key))) event.preventDefault();
  });
}
