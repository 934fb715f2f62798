/** What the dialog offers. */
import type { Part } from '../api/download.ts';
import type { Timeline } from '../api/types.ts';
import { bytes } from '../ui/format.ts';
import { dateFormat, locale } from '../words/locale.ts';
import { words } from '../words/words.ts';

/** A size in which items are downloaded, as the API names it. */
export type Size = 'original' | 'screen';

export interface Choice {
  readonly size: Size;
  readonly name: string;
  readonly hint: string;
}

/** The longest side of a picture for the screen, in pixels. */
const SCREEN = 2048;

type Viewed = Pick<Timeline, 'view' | 'views' | 'title' | 'originals'>;

/** What is taken, by its name. */
export function titleOf({ view, views, title }: Viewed): string {
  if (view === 'photos') return words.header.photos;
  if (view === 'films') return words.header.films;
  return views.find(({ name }) => name === view)?.title ?? title ?? words.download.gallery;
}

/** The sizes between which the viewer chooses. One is no choice, and without one there is nothing to take. */
export function choices({ view, originals }: Viewed): readonly Choice[] {
  const { originals: name, originalsHint: hint, screen, screenHint, screenHintFilms } = words.download;
  const original = { size: 'original', name, hint } as const;
  // Films have no smaller file that a ZIP could hold.
  if (view === 'films') return originals ? [original] : [];
  const smaller = originals && view !== 'photos' ? screenHintFilms : screenHint;
  const onScreen = { size: 'screen', name: screen, hint: smaller(SCREEN) } as const;
  return originals ? [original, onScreen] : [onScreen];
}

/** `412 files · 1.9 GB` */
export const amountOf = (of: Pick<Part, 'count' | 'length'>): string => `${words.download.files(of.count)} · ${bytes(of.length)}`;

/** Until when a download that broke off can go on, by the viewer's own clock. Nothing where the time is unreadable. */
export function resumable(expires: string, tag = locale(), timeZone?: string): string | null {
  const end = new Date(expires);
  if (Number.isNaN(end.getTime())) return null;
  const zone = timeZone === undefined ? {} : { timeZone };
  const format = dateFormat({ day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit', ...zone }, tag);
  return words.download.until(format.format(end));
}
