import { date, fields, list, orNull, text, whole, wrong, type Check } from './check.ts';
import type { Block, Day, Timeline, View } from './types.ts';

const view: Check<View> = (value, at) => {
  const of = fields(value, at);
  return {
    name: text(of['name'], `${at}.name`),
    title: orNull(text)(of['title'], `${at}.title`),
    count: whole(of['count'], `${at}.count`),
  };
};

/** `[first, count]` */
const pair =
  <T>(check: Check<T>): Check<readonly [T, number]> =>
  (value, at) =>
    Array.isArray(value) && value.length === 2
      ? [check(value[0], `${at}[0]`), whole(value[1], `${at}[1]`)]
      : wrong(at, 'a pair');

const day: Check<Day> = (value, at) => {
  const [found, count] = pair(orNull(date))(value, at);
  return { date: found, count };
};

const block: Check<Block> = (value, at) => {
  const [name, count] = pair(text)(value, at);
  return { name, count };
};

const sum = (parts: readonly { readonly count: number }[]): number =>
  parts.reduce((total, { count }) => total + count, 0);

/** Whether a link allows something. Whoever has the password of the gallery may do everything. */
const allows = (link: unknown, what: string): boolean =>
  typeof link !== 'object' || link === null || (link as Record<string, unknown>)[what] === true;

/** `GET /api/timeline`. Throws `ShapeError`, also if the parts do not add up: the layout relies on it. */
export function parseTimeline(value: unknown): Timeline {
  const of = fields(value, '');
  const count = whole(of['count'], 'count');
  const adding = (parts: number, at: string) => (parts === count ? undefined : wrong(at, `of ${count} items`));
  const days = list(day)(of['days'], 'days');
  const ratios = text(of['ratios'], 'ratios');
  const blocks = list(block)(of['blocks'], 'blocks');
  adding(sum(days), 'days');
  adding(ratios.length, 'ratios');
  adding(sum(blocks), 'blocks');
  return {
    version: text(of['version'], 'version'),
    title: orNull(text)(of['title'], 'title') || null,
    subtitle: orNull(text)(of['subtitle'], 'subtitle') || null,
    cover: orNull(text)(of['cover'], 'cover') || null,
    views: list(view)(of['views'], 'views'),
    view: text(of['view'], 'view'),
    originals: allows(of['link'], 'originals'),
    download: allows(of['link'], 'download'),
    count,
    days,
    ratios,
    blocks,
  };
}
