import type { Media } from '../api/types.ts';
import { standsIn } from '../grid/layout.ts';
import { h } from '../ui/dom.ts';
import { failure } from '../ui/notice.ts';
import { headline, spokenName } from './caption.ts';
import { live } from './live.ts';
import { frameOf, type Slide, type Surroundings } from './slide.ts';
import { words } from '../words/words.ts';

/** The types of originals that every browser shows, for items whose rows do not say it. */
const SHOWN_AS_IS = /^image\/(?:gif|jpeg|png|webp)$/;
const NAMED_AS_SHOWN = /\.(?:gif|jpe?g|png|webp)$/i;

/** What did not come is asked for again so often while somebody looks, first after this time, in ms, which doubles. */
const TRIES = 4;
const PAUSE = 2000;

/** Whether every browser shows the original as it is. */
const shownAsIs = ({ displayable, mime, key }: Media): boolean =>
  displayable ?? (mime === null ? NAMED_AS_SHOWN.test(key) : SHOWN_AS_IS.test(mime));

/**
 * The layers of one picture. Each is sharper than the one below, and is put on top once it is decoded. `sharp` is called
 * when the current item has what it wants.
 */
export function photo(item: Media, around: Surroundings, originals = true, sharp: (item: Media) => void = () => undefined): Slide {
  const frame = frameOf(item);
  const element = h('figure', { class: 'slide' }, frame);
  const original = originals && shownAsIs(item) ? item.file : null;
  const { medium, large, screen } = item.thumbnails;
  const previews = [...new Set([medium, large])].filter((url) => url !== null);
  // What the current item loads, and what it loads once somebody looks closer.
  const sharper = () => [screen ?? original, screen && original].filter((url) => url !== null && !previews.includes(url));
  let closer = sharper();
  const clip = item.clip === null ? null : live(frame, item.clip, headline(item), () => void around.stillWelcome());
  if (clip) {
    element.append(clip.button);
    element.classList.add('slide-live');
  }
  let sharpest = -1;
  let loading: HTMLImageElement | null = null;
  /** The pictures that have not come yet. */
  const coming = new Set<HTMLImageElement>();
  /** How many of `closer` are wanted, and how many have come. */
  let wanted = 0;
  let come = 0;
  /** The picture for the screen is a smaller one that stands in for it. */
  let weak = false;
  /** The best preview did not come. */
  let lacking = false;
  /** The next try for what did not come, and how many there were. */
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  const active = () => element.isConnected && element.classList.contains('slide-active');

  function layer(url: string, level: number): HTMLImageElement {
    const image = h('img', { alt: spokenName(item), draggable: 'false' });
    image.src = url;
    coming.add(image);
    image.addEventListener('load', () => {
      coming.delete(image);
      // A decoded picture appears at once. Some browsers refuse to decode very large pictures, but still show them.
      void image
        .decode()
        .catch(() => undefined)
        .then(() => shown(image, level));
    });
    image.addEventListener('error', () => {
      coming.delete(image);
      missed(image, level);
    });
    return image;
  }

  function shown(image: HTMLImageElement, level: number): void {
    if (level < sharpest || !image.hasAttribute('src')) return;
    sharpest = level;
    if (item.width === null && image.naturalWidth > 0) {
      frame.style.setProperty('--aspect', String(image.naturalWidth / image.naturalHeight));
    }
    frame.querySelector('.failure')?.remove();
    // Below a clip that plays.
    frame.insertBefore(image, frame.querySelector('video'));
    // Lower layers stay until the new layer has been painted. Then only the sharpest layer is kept.
    requestAnimationFrame(() => {
      // A sharper layer may have been added in the same frame.
      if (level < sharpest) return;
      for (const other of frame.querySelectorAll('img')) if (other !== image) other.remove();
    });
    element.classList.add('slide-shown');
    if (image !== loading) return;
    // Nobody could make the picture for the screen: the original is wanted without a closer look.
    weak ||= level === previews.length && standsIn(item, image);
    if (weak && active()) wanted = closer.length;
    done();
  }

  function missed(image: HTMLImageElement, level: number): void {
    if (image !== loading && level !== previews.length - 1) return;
    // The source was removed on purpose: `deactivate` empties `src`.
    if (!image.hasAttribute('src')) return;
    if (image === loading) {
      loading = null;
      element.classList.remove('slide-loading');
      // The next one may be there. Each zoom would ask again for what there is not.
      closer.splice(come, 1);
      wanted = active() ? Math.max(wanted, come + 1) : come;
      load();
    } else lacking = true;
    void around.stillWelcome().then((welcome) => {
      if (!welcome) {
        around.unauthorized();
        return;
      }
      // The same notice again would be read out again.
      const told = sharpest >= 0 || frame.querySelector('.failure') !== null;
      if (!told) frame.replaceChildren(failure(new Error(words.lightbox.photoFailed), again));
      later();
    });
  }

  function later(): void {
    if (!active() || loading || waiting !== undefined || tries === TRIES) return;
    waiting = setTimeout(refresh, PAUSE * 2 ** tries);
    tries += 1;
  }

  /** What did not come may be there now. */
  function refresh(): void {
    clearTimeout(waiting);
    waiting = undefined;
    if (!active() || loading) return;
    const [last, all] = [closer[come - 1], sharper()];
    closer = [...closer.slice(0, come), ...all.slice(last === undefined ? 0 : all.indexOf(last) + 1)];
    const best = previews.at(-1);
    if (lacking && best !== undefined && sharpest < previews.length - 1) {
      lacking = false;
      layer(best, previews.length - 1);
    }
    load();
  }

  function anew(): void {
    tries = 0;
    refresh();
  }

  /** Nobody looks any more. */
  function rest(): void {
    clearTimeout(waiting);
    waiting = undefined;
    removeEventListener('online', anew);
  }

  function again(): void {
    clip?.stop();
    frame.replaceChildren();
    lacking = false;
    previews.forEach(layer);
    anew();
  }

  function done(): void {
    loading = null;
    come += 1;
    element.classList.remove('slide-loading');
    load();
  }

  function load(): void {
    const url = closer[come];
    if (loading) return;
    if (come >= wanted || !url) {
      if (active()) sharp(item);
      return;
    }
    if (active()) element.classList.add('slide-loading');
    loading = layer(url, previews.length + come);
  }

  previews.forEach(layer);
  if (closer.length === 0 && previews.length === 0) {
    frame.append(h('p', { class: 'failure' }, words.lightbox.photoUnknown));
  }
  return {
    item,
    element,
    frame,
    zooms: true,
    activate() {
      element.classList.add('slide-active');
      if (loading) element.classList.add('slide-loading');
      wanted = weak ? closer.length : 1;
      addEventListener('online', anew);
      anew();
    },
    sharpen() {
      wanted = closer.length;
      load();
    },
    prepare() {
      // An original of many megabytes waits until somebody is here.
      if (screen === null || closer[0] !== screen) return;
      wanted = Math.max(wanted, 1);
      load();
    },
    ready: () => come > 0 || (sharpest >= 0 && closer[0] !== screen),
    deactivate() {
      element.classList.remove('slide-active', 'slide-loading');
      rest();
      wanted = 0;
      // What failed may be there the next time.
      closer = sharper();
      clip?.stop();
      // An original can have many megabytes, so it stops loading when it is no longer the current item.
      loading?.removeAttribute('src');
      loading = null;
    },
    key({ key }) {
      if (key !== ' ' || !clip) return false;
      clip.toggle();
      return true;
    },
    ...(clip && {
      hold(down: boolean) {
        if (down) clip.play();
        else clip.stop();
        return true;
      },
    }),
    destroy() {
      rest();
      clip?.stop();
      // Without an element they would go on loading, before what is looked at now.
      for (const image of coming) image.removeAttribute('src');
      element.remove();
    },
  };
}
