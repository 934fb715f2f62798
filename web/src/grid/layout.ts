/** How large pictures are in the grid, and which of their files fit. All lengths are CSS pixels. */

import type { Media } from '../api/types.ts';
import type { Rules } from './justify.ts';

/** Pictures with ratios beyond these are cropped in the grid, because a strip of a few pixels shows nothing. */
export const NARROWEST = 0.4;
const WIDEST = 5;

type Sized = Pick<Media, 'width' | 'height' | 'type'>;

/** The ratio of a picture. If the picture's size is not known, a usual ratio is taken. */
export const trueAspectOf = ({ width, height, type }: Sized): number =>
  width && height ? width / height : type === 'video' ? 16 / 9 : 3 / 2;

/** The ratio of a picture's box. */
export const aspectOf = (item: Sized): number => Math.min(WIDEST, Math.max(NARROWEST, trueAspectOf(item)));

/** The row height and the gaps for a width. */
export function rulesFor(width: number): Rules {
  if (width < 560) return { width, row: 132, gap: 4, runGap: 4, label: 30, between: 6, growth: 1.9, share: false };
  if (width < 1000) return { width, row: 190, gap: 6, runGap: 20, label: 38, between: 10, growth: 1.6, share: true };
  const row = width < 1600 ? 236 : width < 2200 ? 272 : 310;
  return { width, row, gap: 8, runGap: 28, label: 40, between: 12, growth: 1.6, share: true };
}

/**
 * The `srcset` of a picture. Sizes are named by the longest side, `srcset` by the width:
 * a portrait's 400 px thumbnail is narrower than 400 px.
 */
export function srcset(item: Sized & Pick<Media, 'thumbnails'>): string {
  const { small, medium, large, screen } = item.thumbnails;
  const aspect = trueAspectOf(item);
  const widths = new Map<number, string>();
  for (const [url, side] of [
    [small, 150],
    [medium, 400],
    [large, 800],
    [screen, 2048],
  ] as const) {
    // A size that would be the same has the URL of the next smaller one.
    if (!url || [...widths.values()].includes(url)) continue;
    const longest = screen === null ? side : longestSide(side, aspect);
    const width = Math.round(aspect >= 1 ? longest : longest * aspect);
    // No picture is enlarged.
    const real = Math.max(1, Math.min(width, item.width ?? width));
    if (!widths.has(real)) widths.set(real, url);
  }
  return [...widths].map(([width, url]) => `${url} ${width}w`).join(', ');
}

/** Whether a picture that came for the screen is much smaller than that: another size stands in for it. */
export function standsIn(item: Sized, picture: { readonly naturalWidth: number; readonly naturalHeight: number }): boolean {
  const whole = Math.max(item.width ?? 0, item.height ?? 0);
  const come = Math.max(picture.naturalWidth, picture.naturalHeight);
  // A service that has too little memory makes one of at least half the size.
  return come < 0.45 * Math.min(whole, 2048);
}

/** Long pictures are made larger, so that they are sharp in the height in which they are shown. */
function longestSide(side: number, aspect: number): number {
  const long = Math.max(aspect, 1 / aspect);
  return Math.min(4 * side, Math.max(side, (side / 2) * long));
}

/** The width of a picture that covers a box, in CSS pixels. */
export const coverWidth = (item: Sized, width: number, height: number): number =>
  Math.ceil(Math.max(width, height * trueAspectOf(item)));
