import { expect, it } from 'vitest';
import { chapterAt, parseChapters } from './chapters.ts';

const json = [
  { chapter: 2, 'start-time': 30.5, titles: [{ language: 'de', title: 'Am Fluss' }, { language: 'en', title: 'By the river' }] },
  { chapter: 1, 'start-time': 0, duration: 30.5 },
];

it('reads chapters in the viewer’s language, in order', () => {
  expect(parseChapters(json, ['en-GB'])).toEqual([{ start: 0, title: 'Chapter 1' }, { start: 30.5, title: 'By the river' }]);
  expect(parseChapters(json, ['fr'])[1]?.title).toBe('Am Fluss');
});

it('refuses what is no list of chapters', () => {
  expect(() => parseChapters({}, [])).toThrow();
  expect(() => parseChapters([{ chapter: 1 }], [])).toThrow();
});

it('finds the chapter of a moment', () => {
  const chapters = parseChapters(json, []);
  expect(chapterAt(chapters, 31)?.start).toBe(30.5);
  expect(chapterAt([], 31)).toBeUndefined();
});
