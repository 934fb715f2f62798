/** What the dialog says. */
import type { Part, Prepared } from '../api/download.ts';
import type { Timeline } from '../api/types.ts';
import { bytes, count } from '../ui/format.ts';

/** A size in which items are downloaded, as the API names it. */
export type Size = 'original' | 'screen';

export interface Choice {
  readonly size: Size;
  readonly name: string;
  readonly hint: string;
}

type Viewed = Pick<Timeline, 'view' | 'views' | 'title' | 'originals'>;

/** What is taken, by its name. */
export function titleOf({ view, views, title }: Viewed): string {
  if (view === 'photos') return 'Photos';
  if (view === 'films') return 'Films';
  return views.find(({ name }) => name === view)?.title ?? title ?? 'The gallery';
}

/** The sizes between which the viewer chooses. One is no choice. */
export function choices({ view, originals }: Viewed): readonly Choice[] {
  const original = { size: 'original', name: 'Originals', hint: 'The files as they came in, in full quality.' } as const;
  // Films have no smaller file that a ZIP could hold.
  if (view === 'films') return [original];
  const films = originals && view !== 'photos' ? ' Films stay as they are.' : '';
  const screen = { size: 'screen', name: 'Screen size', hint: `Smaller photos, of 2048 pixels at most.${films}` } as const;
  return originals ? [original, screen] : [screen];
}

/** `412 files · 1.9 GB` */
export const amountOf = (of: Pick<Part, 'count' | 'length'>, locale?: string): string =>
  `${count(of.count, 'file')} · ${bytes(of.length, locale)}`;

/** What is not in it, and why. Only originals are ever kept from a viewer. */
export const leftOutOf = ({ leftOut }: Pick<Prepared, 'leftOut'>): string | null =>
  leftOut === 0 ? null : `${count(leftOut, 'item is', 'items are')} left out: this link does not give the originals.`;

/** `Part 2 of 3` */
export const partOf = (at: number, all: number): string => `Part ${at + 1} of ${all}`;

/** Until when a download that broke off can go on, by the viewer's own clock. Nothing where the time is unreadable. */
export function resumable(expires: string, locale?: string, timeZone?: string): string | null {
  const end = new Date(expires);
  if (Number.isNaN(end.getTime())) return null;
  const zone = timeZone === undefined ? {} : { timeZone };
  const format = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit', ...zone });
  return `Your browser shows how far it is. What broke off can go on until ${format.format(end)}.`;
}
