/** Which language the page speaks, and by which locale it writes dates and numbers. */

/** The languages that the page has, each by its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', hi: 'हिन्दी', ar: 'العربية' } as const;

export type Language = keyof typeof LANGUAGES;

const languages = Object.keys(LANGUAGES) as readonly Language[];

const languageOf = (tag: string): string => tag.toLowerCase().split('-')[0] ?? '';

/** The language of a BCP 47 tag, if the page has it. */
export function languageIn(tag: string | null): Language | null {
  const its = languageOf(tag ?? '');
  return languages.find((each) => each === its) ?? null;
}

/** The first language for which the browser asks and that the page has, else English. */
export function languageFor(asked: readonly string[]): Language {
  for (const tag of asked) {
    const its = languageIn(tag);
    if (its !== null) return its;
  }
  return 'en';
}

/**
 * The locale of the words. The viewer's own, if the browser asks for the language, so that `de-CH` gets Swiss numbers.
 * Else the language with the viewer's region. A browser that knows no such pair would write English as in the United
 * States, with the month first: it gets British English, which most regions read without a doubt.
 */
export function localeOf(language: Language, asked: readonly string[]): string {
  const own = asked.find((tag) => languageOf(tag) === language && known(tag));
  if (own !== undefined) return own;
  const region = asked.map(regionOf).find((each) => each !== undefined);
  const paired = region && `${language}-${region}`;
  if (paired && known(paired)) return paired;
  return language === 'en' && region !== undefined ? 'en-GB' : language;
}

/** Whether the browser writes by this locale, and not by a wider one. */
function known(tag: string): boolean {
  try {
    const { locale } = new Intl.DateTimeFormat(tag).resolvedOptions();
    return locale.toLowerCase() === tag.toLowerCase();
  } catch {
    return false;
  }
}

/** The region of a tag, also of one that leaves it out: that of `fr` is France. */
function regionOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).maximize().region;
  } catch {
    return undefined;
  }
}
