import type { Range } from '../library/library.ts';
import { first } from '../search.ts';
import { between, type Plan } from './plan.ts';
import type { Section } from './section.ts';

export interface Seen {
  /** The items in the whole view. */
  readonly range: Range;
  /** The items of each section, for sections with items there. */
  readonly parts: ReadonlyMap<Section, Range>;
}

/** The items that reach into the window, or into `margin` pixels above and below it. `null`: there are none. */
export function seen(sections: readonly Section[], { months, layouts }: Plan, margin: number): Seen | null {
  const parts = new Map<Section, Range>();
  const bottom = (at: number) => sections[at]?.element.getBoundingClientRect().bottom ?? 0;
  let range: Range | null = null;
  for (let at = first(sections.length, (each) => bottom(each) > -margin); at < sections.length; at += 1) {
    const [section, month, layout] = [sections[at], months[at], layouts[at]];
    const top = section?.board.getBoundingClientRect().top ?? Infinity;
    if (!section || !month || !layout || top >= innerHeight + margin) break;
    const [from, to] = between(layout, -margin - top, innerHeight + margin - top);
    if (from === to) continue;
    parts.set(section, [month.start + from, month.start + to]);
    range = [range?.[0] ?? month.start + from, month.start + to];
  }
  return range && { range, parts };
}
