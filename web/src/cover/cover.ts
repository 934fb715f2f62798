/** The gallery's cover, above the grid: its title, what it is about, its days, and a picture. */
import type { Timeline } from '../api/types.ts';
import { asked, retries, type Failed } from '../grid/retries.ts';
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
  /** Loads the picture again if it failed while the session or the network was gone. */
  retry(): void;
}

/** While the title of the cover is seen, the one in the bar would be there twice. */
const SEEN = 'cover-seen';

/** `unauthorized` is called when the picture was refused, because the session is gone. */
export function cover(unauthorized: () => void): Cover {
  const title = h('p', { class: 'cover-title', 'aria-hidden': 'true' });
  const about = h('p', { class: 'cover-about' });
  const days = h('p', { class: 'cover-days' });
  const picture = h('div', { class: 'cover-picture' });
  const element = h('section', { class: 'cover', 'aria-label': words.cover.label, hidden: true }, picture, h('div', { class: 'cover-text' }, title, about, days));
  const pictures = retries(asked, unauthorized);
  let shown: string | null = null;
  let failed: Failed | null = null;
  new IntersectionObserver((entries) => {
    const seen = entries.at(-1)?.isIntersecting === true;
    document.documentElement.classList.toggle(SEEN, seen);
  }).observe(title);

  function paint(key: string | null): void {
    if (key === shown) return;
    shown = key;
    if (failed) pictures.remove(failed);
    failed = null;
    const missed = (each: Failed) => {
      if (key !== shown) return;
      failed = each;
      pictures.add(each);
    };
    picture.replaceChildren(...(key === null ? [] : [frame(key, missed)]));
    element.classList.toggle('cover-pictured', key !== null);
  }

  return {
    element,
    retry: pictures.now,
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

/** The picture, which opens as an item. Its place is known before it is there. `missed` is called if it fails. */
function frame(key: string, missed: (failed: Failed) => void): HTMLElement {
  const url = (size: string) => reach(`/api/thumbnail/${keyPath(key)}?size=${size}`);
  const image = h('img', { alt: '', decoding: 'async', fetchpriority: 'high', draggable: 'false' });
  const load = () => {
    // `sizes` comes before `srcset`, so that the browser chooses once.
    image.sizes = '100vw';
    image.srcset = `${url('large')} 800w, ${url('screen')} 2048w`;
    image.src = url('large');
  };
  const retry = () => {
    image.removeAttribute('srcset');
    image.removeAttribute('src');
    load();
  };
  image.addEventListener('load', () => image.classList.add('cover-loaded'));
  image.addEventListener('error', () => missed({ url: image.currentSrc || image.src, retry }));
  load();
  return h('a', { href: formatRoute({ view: 'item', key }), 'data-key': key, 'aria-label': words.cover.open }, image);
}
