import type { Media } from '../api/types.ts';
import { formatRoute } from '../route.ts';
import { h, set } from '../ui/dom.ts';
import { clock, whenTaken } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { placeholder } from '../ui/thumbhash.ts';
import { along } from '../ui/direction.ts';
import { words } from '../words/words.ts';
import type { Box } from './justify.ts';
import { coverWidth, srcset } from './layout.ts';
import { wantedWidth } from './sharpness.ts';
import type { Failed } from './retries.ts';

/** How long a picture takes to fade in, in ms. The style sheet has it too. */
const FADE = 400;

/** One picture of the grid, as a link to its item. Its place is known before its item is. */
export interface Tile {
  readonly element: HTMLAnchorElement;
  readonly item: Media | null;
  place(box: Box): void;
  fill(item: Media): void;
  /** Shows whether the item is selected, and whether it is a favourite. */
  mark(selected: boolean, favourite: boolean): void;
  /** Takes the tile away. A picture that is still loading is given up. */
  remove(): void;
}

export interface TileEvents {
  /** The picture did not load. */
  failed(picture: Failed): void;
  /** A picture that did not load is no longer wanted. */
  dropped(picture: Failed): void;
}

/** A picture that is `eager` loads before it is seen, and one that is `first` before others. */
export function tile(eager: boolean, first: boolean, events: TileEvents): Tile {
  // Without a link, only the script can give the focus to the element.
  const element = h('a', { class: 'tile tile-waiting', tabindex: -1 });
  let item: Media | null = null;
  let image: HTMLImageElement | null = null;
  let stand: HTMLElement | null = null;
  let failed: Failed | null = null;
  let marks: readonly [selected: boolean, favourite: boolean] = [false, false];
  let box: Box = { left: 0, top: 0, width: 0, height: 0 };

  function load(): void {
    if (!item || !image) return;
    // `sizes` is set before `srcset`, so that the browser chooses once, with the right size.
    image.sizes = `${wantedWidth(coverWidth(item, box.width, box.height))}px`;
    image.srcset = srcset(item);
    image.src = smallest(item) ?? '';
  }

  function stop(): void {
    image?.removeAttribute('srcset');
    image?.removeAttribute('src');
  }

  function retry(): void {
    failed = null;
    element.classList.remove('tile-failed');
    stand?.remove();
    stop();
    load();
  }

  function label(): void {
    if (item) set(element, { 'aria-label': [describe(item), marks[1] && words.select.favourite, marks[0] && words.select.selected].filter(Boolean).join(words.page.comma) });
  }

  function picture(name: string): HTMLImageElement {
    const created = h('img', {
      alt: '',
      decoding: 'async',
      draggable: 'false',
      loading: eager ? 'eager' : 'lazy',
      fetchpriority: first ? 'high' : null,
    });
    created.addEventListener('load', () => {
      element.classList.add('tile-loaded');
      // A picture may be transparent. The blurred one goes once the other has faded in.
      setTimeout(() => element.style.removeProperty('background-image'), FADE);
    });
    created.addEventListener('error', () => {
      element.classList.add('tile-failed');
      stand ??= instead(name);
      element.prepend(stand);
      failed = { url: created.currentSrc || created.src, retry };
      events.failed(failed);
    });
    return created;
  }

  return {
    element,
    get item() {
      return item;
    },
    place(given) {
      const { style } = element;
      box = given;
      style.width = `${box.width}px`;
      style.height = `${box.height}px`;
      style.transform = `translate(${along(box.left)}px, ${box.top}px)`;
      if (image && item) image.sizes = `${wantedWidth(coverWidth(item, box.width, box.height))}px`;
    },
    fill(given) {
      item = given;
      set(element, {
        href: formatRoute({ view: 'item', key: given.key }),
        'data-key': given.key,
        tabindex: null,
      });
      label();
      element.classList.remove('tile-waiting');
      if (smallest(given) === null) {
        element.classList.add('tile-bare');
        element.append(instead(given.name));
      } else {
        element.style.backgroundImage = placeholder(given.thumbhash);
        image = picture(given.name);
        element.append(image);
        load();
      }
      element.append(h('span', { class: 'tile-check' }), h('span', { class: 'tile-heart' }, '♥\ufe0e'));
      if (given.clip !== null) element.append(h('span', { class: 'badge badge-live' }, icon('live')));
      if (given.type !== 'video') return;
      element.classList.add('tile-film');
      element.append(
        h('span', { class: 'badge' }, icon('play'), given.duration !== null && h('span', {}, clock(given.duration))),
      );
    },
    mark(selected, favourite) {
      if (marks[0] === selected && marks[1] === favourite) return;
      marks = [selected, favourite];
      element.classList.toggle('tile-selected', selected);
      element.classList.toggle('tile-favourite', favourite);
      label();
    },
    remove() {
      if (failed) events.dropped(failed);
      if (!element.classList.contains('tile-loaded')) stop();
      element.remove();
    },
  };
}

const smallest = ({ thumbnails: { small, medium, large } }: Media): string | null => medium ?? large ?? small;

/** Shown instead of a picture that there is not. */
const instead = (name: string): HTMLElement =>
  h('span', { class: 'tile-stand' }, icon('picture'), h('span', { class: 'tile-name' }, name));

function describe(item: Media): string {
  const { film, photo, livePhoto } = words.item;
  const named = item.type === 'video' ? film : item.clip === null ? photo : livePhoto;
  const parts = [named(item.name), whenTaken(item), item.duration !== null && clock(item.duration)];
  return parts.filter(Boolean).join(words.page.comma);
}
