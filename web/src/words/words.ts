/** The words in use. `words` may only be read inside of functions: it is English until `speak` has chosen. */
import { languageFor, languageIn, localeOf, type Language } from './choice.ts';
import { en, type Words } from './en.ts';
import { setLocale } from './locale.ts';
import { kept, keep } from './kept.ts';

export let words: Words = en;
let language: Language = 'en';

const load: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Words>>> = {
  de: async () => (await import('./de.ts')).de,
  hi: async () => (await import('./hi.ts')).hi,
  ar: async () => (await import('./ar.ts')).ar,
};

/** The language of the words. */
export const spoken = (): Language => language;

/** Whether lines run from right to left. */
export const rightToLeft = (): boolean => language === 'ar';

/**
 * Chooses the language, and then calls `start`: at once for English, else when the words are there. Without them, the
 * page speaks English.
 */
export function speak(start: () => void): void {
  const here = new URL(location.href);
  const asked = languageIn(here.searchParams.get('lang'));
  const chosen = asked ?? languageIn(kept()) ?? languageFor(navigator.languages);
  if (asked !== null && keep(asked)) {
    // The choice is kept. In the address, it would undo a later one.
    here.searchParams.delete('lang');
    history.replaceState(history.state, '', here);
  }
  if (chosen === 'en') {
    begin('en', en);
    start();
    return;
  }
  void load[chosen]().then(
    (found) => begin(chosen, found),
    () => begin('en', en),
  ).then(start);
}

/** Speaks another language from now on. The page is loaded again, so that nothing is left of the one before. */
export function choose(next: Language): void {
  const here = new URL(location.href);
  // Where nothing can be kept, the address says it.
  if (!keep(next)) here.searchParams.set('lang', next);
  if (here.href === location.href) location.reload();
  else location.assign(here);
}

function begin(next: Language, its: Words): void {
  language = next;
  words = its;
  setLocale(localeOf(next, navigator.languages));
  const { documentElement } = document;
  documentElement.lang = next;
  documentElement.dir = rightToLeft() ? 'rtl' : 'ltr';
}
