import type { Timeline } from '../api/types.ts';
import { first } from '../search.ts';
import { justify, type Box, type Layout, type Rules } from './justify.ts';
import { NARROWEST } from './layout.ts';
import { byMonth, type Month } from './months.ts';
import { ratioAt } from './ratio.ts';

/** Where every item of a view will be, before any of them has been read. */
export interface Plan {
  readonly months: readonly Month[];
  /** The layout of each month. */
  readonly layouts: readonly Layout[];
}

export function plan(timeline: Timeline, rules: Rules): Plan {
  const months = byMonth(timeline.days);
  return { months, layouts: months.map((month) => layoutOf(month, timeline.ratios, rules)) };
}

function layoutOf({ start, end, days }: Month, ratios: string, rules: Rules): Layout {
  const aspects = Float32Array.from({ length: end - start }, (_, offset) => Math.max(NARROWEST, ratioAt(ratios, start + offset)));
  return justify(aspects, [...days.keys()].map((index) => index - start), rules);
}

/** The place in `months` of the month that has an item. */
export const monthOf = ({ months }: Plan, index: number): number =>
  first(months.length, (at) => (months[at]?.end ?? 0) > index);

export function boxOf(of: Plan, index: number): Box | null {
  const at = monthOf(of, index);
  return of.layouts[at]?.box(index - (of.months[at]?.start ?? 0)) ?? null;
}

/** The boxes that reach into the room between two heights, as `[from, to)`. */
export function between({ count, box }: Layout, top: number, bottom: number): readonly [number, number] {
  const from = first(count, (at) => below(box(at)) > top);
  return [from, Math.max(from, first(count, (at) => (box(at)?.top ?? 0) >= bottom))];
}

const below = (box: Box | null): number => (box ? box.top + box.height : 0);

/** The item to which an arrow key leads: up and down, the nearest in the next row. `null`: there is none. */
export function neighbour(of: Plan, index: number, key: string): number | null {
  const last = (of.months.at(-1)?.end ?? 0) - 1;
  switch (key) {
    case 'ArrowLeft':
      return index > 0 ? index - 1 : null;
    case 'ArrowRight':
      return index < last ? index + 1 : null;
    case 'ArrowUp':
      return nearest(of, index, -1);
    case 'ArrowDown':
      return nearest(of, index, 1);
    default:
      return null;
  }
}

/** The item whose middle is nearest to that of `from`, in the next row in a direction. */
function nearest(of: Plan, from: number, step: 1 | -1): number | null {
  const origin = boxOf(of, from);
  if (!origin) return null;
  const rowOf = (index: number, box: Box) => `${monthOf(of, index)}/${box.top}`;
  const middle = (box: Box) => box.left + box.width / 2;
  const own = rowOf(from, origin);
  let best: { readonly index: number; readonly distance: number } | null = null;
  let row: string | null = null;
  for (let index = from + step; ; index += step) {
    const box = boxOf(of, index);
    if (!box) break;
    const its = rowOf(index, box);
    if (its === own) continue;
    row ??= its;
    if (its !== row) break;
    const distance = Math.abs(middle(box) - middle(origin));
    if (!best || distance < best.distance) best = { index, distance };
  }
  return best?.index ?? null;
}
