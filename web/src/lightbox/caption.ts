import type { Media } from '../api/types.ts';
import { h } from '../ui/dom.ts';
import { clock, fullDate, whenTaken } from '../ui/format.ts';
import { locale } from '../words/locale.ts';
import { words } from '../words/words.ts';

/** Where an item is among those that are shown. */
export interface Standing {
  /** The title of the album. `null` elsewhere. */
  readonly album: string | null;
  /** From 1. */
  readonly at: number;
  readonly of: number;
}

export interface Caption {
  readonly element: HTMLElement;
  show(item: Media, standing: Standing): void;
  /** Whether screen readers say each item that comes. */
  speaks(yes: boolean): void;
  clear(): void;
}

/** The date of the current item, and where it stands. Screen readers read them out when the item changes. */
export function caption(): Caption {
  const name = h('h2', { class: 'caption-name', dir: 'auto' });
  const details = h('p', { class: 'caption-details' });
  const element = h('div', { class: 'caption', 'aria-live': 'polite' }, name, details);
  return {
    element,
    show(item, standing) {
      name.textContent = headline(item);
      details.replaceChildren(...facts(item, standing).map((fact) => h('span', {}, fact)));
    },
    speaks(yes) {
      element.setAttribute('aria-live', yes ? 'polite' : 'off');
    },
    clear() {
      name.textContent = '';
      details.replaceChildren();
    },
  };
}

/** When an item was taken, in one line. A guess has no time. */
export function headline(item: Pick<Media, 'dateTaken' | 'taken'>, tag = locale()): string {
  const { dateTaken, taken } = item;
  if (dateTaken === null || taken?.source === 'ingest') return whenTaken(item, tag);
  return fullDate(taken?.guess ? dateTaken.slice(0, 10) : dateTaken, tag);
}

/** What the picture is called for who does not see it. */
export const spokenName = (item: Media): string =>
  item.type === 'video' ? words.viewer.film(headline(item)) : words.viewer.photo(headline(item));

/** What there is to say beside the date, in reading order. */
export function facts(item: Media, { album, at, of }: Standing): string[] {
  const length = item.duration === null ? null : clock(item.duration);
  return [album, words.viewer.place(at, of), length].filter((fact) => fact !== null);
}
