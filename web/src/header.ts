import type { MediaType } from './api/types.ts';
import { h, set } from './ui/dom.ts';
import { icon, sprig, type IconName } from './ui/icons.ts';
import { formatRoute, viewOf } from './route.ts';
import { words } from './words/words.ts';

export interface Header {
  readonly element: HTMLElement;
  chosen(type: MediaType | null): void;
  /** Offers only the filters whose views there are. */
  offer(views: readonly string[]): void;
  /** Offers to take the view home, if that is possible. */
  downloadable(possible: boolean): void;
  /** Shows the gallery's name. */
  name(title: string): void;
  /** Something the viewer should know, e.g. that logging out failed. */
  say(text: string): void;
}

/** The gallery's name, the filter, the way home for the pictures, and the way out. */
export function header(title: string, to: { choose(type: MediaType | null): void; download(): void; logout(): void }): Header {
  const { all, photos, films, logout, show } = words.header;
  const filters = ([[all, null], [photos, 'image'], [films, 'video']] as const).map(([name, type]) => {
    const link = h('a', { class: 'filter', href: formatRoute({ view: 'grid', filter: type }) }, name);
    link.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      to.choose(type);
    });
    return { type, link };
  });
  const action = (label: string, name: IconName, press: () => void) => {
    const button = h('button', { type: 'button', 'aria-label': label, title: label }, icon(name));
    button.addEventListener('click', press);
    return button;
  };
  const download = action(words.page.download, 'download', () => to.download());
  download.hidden = true;
  const heading = h('h1', { dir: 'auto' }, title);
  const message = h('p', { class: 'header-message', role: 'alert' });
  return {
    element: h(
      'header',
      { class: 'header' },
      h('div', { class: 'header-actions' }, download, action(logout, 'leave', () => to.logout())),
      sprig(),
      heading,
      h('nav', { class: 'filters', 'aria-label': show }, ...filters.map(({ link }) => link)),
      message,
    ),
    chosen(type) {
      message.textContent = '';
      for (const each of filters) set(each.link, { 'aria-current': each.type === type ? 'true' : null });
    },
    offer(views) {
      const open = filters.filter(({ type }) => views.includes(viewOf(type)));
      // A choice of one is none.
      for (const each of filters) set(each.link, { hidden: open.length < 2 || !open.includes(each) });
    },
    downloadable(possible) {
      download.hidden = !possible;
    },
    name(text) {
      heading.textContent = text;
    },
    say(text) {
      message.textContent = text;
    },
  };
}
