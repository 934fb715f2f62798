import { LANGUAGES, type Language } from '../words/choice.ts';
import { choose, spoken, words } from '../words/words.ts';
import { h } from './dom.ts';

/** A small menu of the languages, each by its own name. */
export function languages(): HTMLElement {
  const options = Object.entries(LANGUAGES).map(([language, name]) =>
    h('option', { value: language, lang: language, selected: language === spoken() }, name),
  );
  const menu = h('select', { class: 'language', name: 'language', 'aria-label': words.page.language, autocomplete: 'off' }, ...options);
  menu.addEventListener('change', () => choose(menu.value as Language));
  return menu;
}
