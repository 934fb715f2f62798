import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ar } from './ar.ts';
import { LANGUAGES, type Language } from './choice.ts';
import { de } from './de.ts';
import { en, type Words } from './en.ts';
import { hi } from './hi.ts';
import { counted, locale, number, setLocale } from './locale.ts';

const all: Readonly<Record<Language, Words>> = { en, de, hi, ar };
const others = (Object.keys(all) as Language[]).filter((language) => language !== 'en');

type Phrase = string | ((...parameters: number[]) => string);
/** Numbers that no phrase has in itself, and that look the same as a name and as a number. */
const SAMPLES = [731, 842, 953];

/** All phrases by their paths, as `login.lead`. */
function phrases(of: object, path = ''): Map<string, Phrase> {
  const found = new Map<string, Phrase>();
  for (const [key, value] of Object.entries(of) as [string, unknown][]) {
    const at = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'object' && value !== null) for (const each of phrases(value, at)) found.set(...each);
    else found.set(at, value as Phrase);
  }
  return found;
}

const said = (phrase: Phrase | undefined, parameters: readonly number[] = SAMPLES) =>
  typeof phrase === 'function' ? phrase(...parameters) : (phrase ?? '');

/** Which of the samples are in a text. */
const within = (text: string) => SAMPLES.filter((sample) => text.includes(String(sample)));

afterEach(() => setLocale('en'));

describe.each(others)('the words in %s', (language) => {
  const its = phrases(all[language]);

  it('are the same phrases as in English', () => expect([...its.keys()]).toEqual([...phrases(en).keys()]));

  it('have the same placeholders', () => {
    for (const [path, phrase] of phrases(en)) {
      setLocale('en');
      const wanted = within(said(phrase));
      setLocale(language);
      expect([path, typeof its.get(path), within(said(its.get(path)))]).toEqual([path, typeof phrase, wanted]);
    }
  });

  it('are not left in English', () => {
    // These are the same word in both languages.
    const same = { de: ['film.player', 'film.normal', 'lightbox.live', 'item.film'], hi: [], ar: [] }[language as 'de'];
    const left = [...phrases(en)].filter(([path, phrase]) => {
      const text = said(phrase);
      return /[a-z]{2}/i.test(text) && said(its.get(path)) === text;
    });
    expect(left.map(([path]) => path).filter((path) => !same.includes(path))).toEqual([]);
  });
});

describe.each(Object.keys(all) as Language[])('the words in %s', (language) => {
  it('are never empty, and have nothing left to fill in', () => {
    setLocale(language);
    for (const [path, phrase] of phrases(all[language])) {
      for (const sample of [0, 1, 2, 3, 11, 100, 731]) {
        const text = said(phrase, [sample, sample, sample]);
        expect([path, text.trim() === '' ? 'empty' : 'words']).toEqual([path, 'words']);
        expect([path, text]).toEqual([path, expect.not.stringMatching(/#|undefined|NaN|\$\{/)]);
      }
    }
  });

  it('have each form of a number that the language has', () => {
    setLocale(language);
    const { grid, download } = all[language];
    const seen = (phrase: (n: number) => string) => {
      const texts = Array.from({ length: 200 }, (_, n) => phrase(n).replace(number(n), '#'));
      return new Set(texts).size;
    };
    const kinds = new Intl.PluralRules(language).resolvedOptions().pluralCategories.length;
    // Words of Hindi may be the same for one and many, and so are two forms of a word in Arabic.
    const least = { en: kinds, de: kinds, hi: kinds, ar: kinds - 1 }[language];
    for (const phrase of [download.files, download.leftOut]) expect(seen(phrase)).toBeGreaterThanOrEqual(least);
    expect(grid.photos(1_234)).toContain(number(1_234));
  });
});

describe('the words in German', () => {
  it('address nobody, neither formally nor as a friend', () => {
    const address = /\bIhr(?:e[nmrs]?)?\b|(?:prüfen|tippen|sagen|[Ww]ählen) Sie\b|\b(?:[Pp]rüfe|[Ll]ade|[Dd]rücke)\b/;
    const found = [...phrases(de)].filter(([, phrase]) => address.test(said(phrase)));
    expect(found.map(([path]) => path)).toEqual([]);
  });
});

describe('numbers in words', () => {
  it('are one and many in English and German', () => {
    expect([0, 1, 2].map(en.grid.photos)).toEqual(['0 photos', '1 photo', '2 photos']);
    setLocale('de-DE');
    expect([1, 2, 12_345].map(de.download.files)).toEqual(['1 Datei', '2 Dateien', '12.345 Dateien']);
  });

  it('have none and one together in Hindi', () => {
    setLocale('hi-IN');
    expect([0, 1, 2, 234_567].map(hi.download.files)).toEqual(['0 फ़ाइल', '1 फ़ाइल', '2 फ़ाइलें', '2,34,567 फ़ाइलें']);
  });

  it('have six forms in Arabic', () => {
    setLocale('ar-AE');
    const forms = [0, 1, 2, 3, 11, 100].map(ar.grid.items);
    expect(forms).toEqual(['لا عناصر', 'عنصر واحد', 'عنصران', '3 عناصر', '11 عنصرًا', '100 عنصر']);
    setLocale('ar-EG');
    expect(ar.grid.items(11)).toBe('١١ عنصرًا');
  });

  it('take the form of all others where one is missing', () => {
    setLocale('ar');
    expect(counted(2, { other: '# x' })).toBe('2 x');
  });
});

describe('the page of an unknown address', () => {
  it('says the same without scripts, in every language', () => {
    const html = readFileSync(join(import.meta.dirname, '../../404.html'), 'utf8');
    for (const [language, { nothing, grid }] of Object.entries(all)) {
      const section = html.split(`<section class="notice" lang="${language}"`)[1]?.split('</section>')[0];
      for (const text of [nothing.title, nothing.text, grid.toGallery]) expect(section).toContain(`>${text}<`);
    }
  });
});

describe('the languages', () => {
  it('have words, and a name of their own', () => {
    expect(Object.keys(LANGUAGES)).toEqual(Object.keys(all));
    for (const language of others) expect(LANGUAGES[language]).not.toBe(LANGUAGES.en);
    expect(locale()).toBe('en');
  });
});
