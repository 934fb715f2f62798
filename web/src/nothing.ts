import { homePath } from './services.ts';
import { h } from './ui/dom.ts';
import { sprig } from './ui/icons.ts';
import { languages } from './ui/languages.ts';
import { words } from './words/words.ts';

/** Says that there is nothing at this address, and leads to the gallery. */
export function nothing(root: HTMLElement): void {
  const { title, text } = words.nothing;
  document.title = title;
  const card = h(
    'div',
    { class: 'login-card nothing' },
    sprig(),
    h('h1', {}, title),
    h('p', { class: 'login-lead' }, text),
    h('a', { class: 'button button-primary', href: homePath() }, words.grid.toGallery),
  );
  root.append(h('main', { class: 'login' }, card, languages()));
}
