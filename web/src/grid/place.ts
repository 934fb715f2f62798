import type { Timeline } from '../api/types.ts';

/** A place in the grid, by the item at the top of the window. It outlives reloads, other widths and other views. */
export interface Place {
  readonly view: string;
  readonly version: string;
  /** The number of the item in that view of that version. */
  readonly index: number;
  /** `null`: the item has not been read. */
  readonly key: string | null;
  /** The day of the item. */
  readonly day: string | null;
  /** How much of this day lies before the item, from 0 to 1. */
  readonly part: number;
  /** The item's y in the window, in CSS pixels. */
  readonly top: number;
}

export function placeOf({ view, version, days }: Timeline, index: number, key: string | null, top: number): Place {
  let start = 0;
  for (const { date, count } of days) {
    if (index < start + count) return { view, version, index, key, day: date, part: (index - start) / count, top };
    start += count;
  }
  return { view, version, index, key, day: null, part: 0, top };
}

/** Whether a place tells the number of its item in a timeline, and not only nearly. */
export const isExact = (timeline: Timeline, place: Place): boolean =>
  place.view === timeline.view && place.version === timeline.version;

/** The number of the item at a place. In another timeline, it is the item that is as far in the same day. */
export function indexAt(timeline: Timeline, place: Place): number {
  if (isExact(timeline, place)) return Math.min(place.index, timeline.count - 1);
  let start = 0;
  for (const { date, count } of timeline.days) {
    const later = place.day !== null && (date === null || date < place.day);
    if (date === place.day) return start + Math.min(count - 1, Math.floor(place.part * count));
    // The day is gone. Lists begin with the newest.
    if (later) return Math.min(start, timeline.count - 1);
    start += count;
  }
  return timeline.count - 1;
}

/** Reads a place that was kept. */
export function placeFrom(value: unknown): Place | null {
  if (typeof value !== 'object' || value === null) return null;
  const { view, version, index, key, day, part, top } = value as Readonly<Record<string, unknown>>;
  const known =
    typeof view === 'string' &&
    typeof version === 'string' &&
    typeof index === 'number' &&
    typeof part === 'number' &&
    typeof top === 'number';
  if (!known) return null;
  const text = (each: unknown) => (typeof each === 'string' ? each : null);
  return { view, version, index, key: text(key), day: text(day), part, top };
}
