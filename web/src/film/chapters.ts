import { amount, fields, list, orNull, text } from '../api/check.ts';
import { words } from '../words/words.ts';

export interface Chapter {
  readonly start: number;
  readonly title: string;
}

const title = (value: unknown, at: string) => {
  const { language, title: name } = fields(value, at);
  return { language: orNull(text)(language, at), title: text(name, at) };
};

/** Reads Apple's chapters format (developer.apple.com, "Providing JavaScript Object Notation (JSON) chapters"). */
export function parseChapters(value: unknown, languages: readonly string[]): Chapter[] {
  const chapters = list((each, at) => {
    const given = fields(each, at);
    const titles = orNull(list(title))(given['titles'], at) ?? [];
    const known = languages.flatMap((wanted) => titles.filter(({ language }) => language?.split('-')[0] === wanted.split('-')[0]));
    return { start: amount(given['start-time'], at), title: (known[0] ?? titles[0])?.title ?? '' };
  })(value, 'chapters');
  return [...chapters]
    .sort((one, other) => one.start - other.start)
    .map(({ start, title: name }, at) => ({ start, title: name || words.film.chapterNumber(at + 1) }));
}

export const chapterAt = (chapters: readonly Chapter[], time: number): Chapter | undefined =>
  chapters.findLast(({ start }) => start <= time);

export async function loadChapters(url: string): Promise<Chapter[]> {
  const response = await fetch(url, { credentials: 'same-origin' });
  return response.ok ? parseChapters(await response.json(), navigator.languages) : [];
}
