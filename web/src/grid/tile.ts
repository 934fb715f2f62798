import type { Media } from '../api/types.ts';
import { formatRoute } from '../route.ts';
import { h } from '../ui/dom.ts';
import { clock, whenTaken } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { aspectOf, srcset, type Box } from './layout.ts';

export interface Tile {
  readonly item: Media;
  readonly element: HTMLAnchorElement;
  place(box: Box): void;
  /** Loads a failed picture again. */
  retry(): void;
}

/** One picture of the grid, as a link to its item. `failed` is called if its thumbnail does not load. */
export function tile(item: Media, eager: boolean, failed: () => void): Tile {
  const film = item.type === 'video';
  const small = item.thumbnails.medium ?? item.thumbnails.large ?? item.thumbnails.small;
  const element = h('a', {
    class: film ? 'tile tile-film' : 'tile',
    href: formatRoute({ view: 'item', key: item.key }),
    'data-key': item.key,
    'aria-label': describe(item),
  });
  let image: HTMLImageElement | null = null;
  const stand = h('span', { class: 'tile-stand' }, icon('picture'), h('span', { class: 'tile-name' }, item.name));
  if (small === null) {
    element.classList.add('tile-bare');
    element.append(stand);
  } else {
    image = h('img', {
      alt: '',
      decoding: 'async',
      draggable: 'false',
      loading: eager ? 'eager' : 'lazy',
      fetchpriority: eager ? 'high' : null,
    });
    image.addEventListener('load', () => element.classList.add('tile-loaded'));
    image.addEventListener('error', () => {
      element.classList.add('tile-failed');
      element.prepend(stand);
      failed();
    });
    element.append(image);
  }
  if (film) {
    element.append(
      h('span', { class: 'badge' }, icon('play'), item.duration !== null && h('span', {}, clock(item.duration))),
    );
  }
  const load = (picture: HTMLImageElement) => {
    picture.srcset = srcset(item.thumbnails, aspectOf(item));
    picture.src = small ?? '';
  };
  let placed: Box | null = null;
  return {
    item,
    element,
    place(box) {
      // When a page is added to a long month, most of its boxes stay where they are.
      if (placed && same(placed, box)) return;
      placed = box;
      const { style } = element;
      style.width = `${box.width}px`;
      style.height = `${box.height}px`;
      style.transform = `translate(${box.left}px, ${box.top}px)`;
      if (!image) return;
      // `sizes` is set before `srcset`, so that the browser chooses once, with the right size.
      image.sizes = `${box.width}px`;
      if (!image.hasAttribute('srcset')) load(image);
    },
    retry() {
      if (!image || !element.classList.contains('tile-failed')) return;
      element.classList.remove('tile-failed');
      stand.remove();
      image.removeAttribute('srcset');
      image.removeAttribute('src');
      load(image);
    },
  };
}

const same = (a: Box, b: Box): boolean =>
  a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;

function describe(item: Media): string {
  const kind = item.type === 'video' ? 'Film' : 'Photo';
  const parts = [`${kind} ${item.name}`, whenTaken(item), item.duration !== null && clock(item.duration)];
  return parts.filter(Boolean).join(', ');
}
