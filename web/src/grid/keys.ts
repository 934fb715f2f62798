/** Moves the focus from tile to tile with the arrow keys, up and down to the nearest tile of the next row. */
export function arrows(grid: HTMLElement): void {
  grid.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const from = event.target instanceof Element ? event.target.closest<HTMLElement>('.tile') : null;
    if (!from) return;
    const tiles = [...grid.querySelectorAll<HTMLElement>('.tile')];
    const target = next(tiles, tiles.indexOf(from), event.key);
    if (!target) return;
    event.preventDefault();
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: 'nearest' });
  });
}

function next(tiles: readonly HTMLElement[], at: number, key: string): HTMLElement | undefined {
  switch (key) {
    case 'ArrowLeft':
      return tiles[at - 1];
    case 'ArrowRight':
      return tiles[at + 1];
    case 'ArrowUp':
      return nearest(tiles.slice(0, at).reverse(), tiles[at]);
    case 'ArrowDown':
      return nearest(tiles.slice(at + 1), tiles[at]);
    default:
      return undefined;
  }
}

/** The tile whose middle is nearest to that of `from`, in the first row among `tiles` that is not `from`'s row. */
function nearest(tiles: Iterable<HTMLElement>, from: HTMLElement | undefined): HTMLElement | undefined {
  if (!from) return undefined;
  const origin = from.getBoundingClientRect();
  const middle = origin.left + origin.width / 2;
  let best: { readonly tile: HTMLElement; readonly distance: number } | undefined;
  let row: number | undefined;
  for (const tile of tiles) {
    const { top, left, width } = tile.getBoundingClientRect();
    if (top === origin.top) continue;
    row ??= top;
    if (top !== row) break;
    const distance = Math.abs(left + width / 2 - middle);
    if (!best || distance < best.distance) best = { tile, distance };
  }
  return best?.tile;
}
