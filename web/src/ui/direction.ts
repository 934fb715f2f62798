/** Lengths and keys along the direction in which the viewer reads. */
import { rightToLeft } from '../words/words.ts';

/** A length that grows with the reading, as CSS transforms and pointers count: to the right. And the other way round. */
export const along = (length: number): number => (rightToLeft() ? -length : length);

const MIRRORED: ReadonlyMap<string, string> = new Map([
  ['ArrowLeft', 'ArrowRight'],
  ['ArrowRight', 'ArrowLeft'],
]);

/** The key that means the same where lines run from left to right. */
export const keyAlong = (key: string): string => (rightToLeft() ? (MIRRORED.get(key) ?? key) : key);
