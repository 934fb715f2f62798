/** The gallery's cover, above the grid: its title, what it is about, its days, and a picture. */
import type { Timeline } from '../api/types.ts';
import { keyPath } from '../key-path.ts';
import { formatRoute } from '../route.ts';
import { reach } from '../services.ts';
import { h } from '../ui/dom.ts';
import { words } from '../words/words.ts';
import { span } from './span.ts';

export interface Cover {
  readonly element: HTMLElement;
  /** Shows the cover with the days of a timeline. It is there above every view: choosing one moves nothing. */
  show(timeline: Timeline | null): void;
}

/** While the title of the cover is seen, the one in the bar would be there twice. */
const SEEN = 'cover-seen';

export function cover(): Cover {
  const title = h('p', { class: 'cover-title', 'aria-hidden': 'true' });
  const about = h('p', { class: 'cover-about' });
  const days = h('p', { class: 'cover-days' });
  const picture = h('div', { class: 'cover-picture' });
  const element = h('section', { class: 'cover', 'aria-label': words.cover.label, hidden: true }, picture, h('div', { class: 'cover-text' }, title, about, days));
  let shown: string | null = null;
  new IntersectionObserver((entries) => {
    const seen = entries.at(-1)?.isIntersecting === true;
    document.documentElement.classList.toggle(SEEN, seen);
  }).observe(title);

  function paint(key: string | null): void {
    if (key === shown) return;
    shown = key;
    picture.replaceChildren(...(key === null ? [] : [frame(key)]));
    element.classList.toggle('cover-pictured', key !== null);
  }

  return {
    element,
    show(whole) {
      title.textContent = whole?.title ?? '';
      about.textContent = whole?.subtitle ?? '';
      days.textContent = whole ? (span(whole.days) ?? '') : '';
      paint(whole?.cover ?? null);
      // Without anything of its own to say, the gallery begins with its pictures.
      element.hidden = !whole || (whole.title === null && whole.subtitle === null && whole.cover === null);
    },
  };
}

/** The picture, which opens as an item. Its place is known before it is there. */
function frame(key: string): HTMLElement {
  const url = (size: string) => reach(`/api/thumbnail/${keyPath(key)}?size=${size}`);
  const image = h('img', { alt: '', decoding: 'async', fetchpriority: 'high', draggable: 'false' });
  image.addEventListener('load', () => image.classList.add('cover-loaded'));
  // `sizes` comes before `srcset`, so that the browser chooses once.
  image.sizes = '100vw';
  image.srcset = `${url('large')} 800w, ${url('screen')} 2048w`;
  image.src = url('large');
  return h('a', { href: formatRoute({ view: 'item', key }), 'data-key': key, 'aria-label': words.cover.open }, image);
}
