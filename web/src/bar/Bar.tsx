import { render } from 'preact';
import { EVERYTHING, formatRoute } from '../route.ts';
import type { State } from '../state.ts';
import { h } from '../ui/dom.ts';
import { Icon } from '../ui/Icon.tsx';
import type { LineIcon } from '../ui/icons.ts';
import { number } from '../words/locale.ts';
import { words } from '../words/words.ts';
import { Menu } from './Menu.tsx';
import { offers, shownTitle, type Offered } from './views.ts';

export interface BarEvents {
  choose(view: string): void;
  select(): void;
  download(): void;
  logout(): void;
}

interface Props {
  readonly of: State;
  readonly unnamed: string;
  readonly to: BarEvents;
}

/** The slim bar above everything: the gallery's name, its views, the way home for the pictures, and the way out. */
export function bar(of: State, unnamed: string, to: BarEvents): HTMLElement {
  const element = h('header', { class: 'bar-top' });
  render(<Bar of={of} unnamed={unnamed} to={to} />, element);
  return element;
}

function Bar({ of, unnamed, to }: Props) {
  const offered = offers(of.views.value, of.favourites.value.size);
  const { kinds, albums } = offered;
  // A link that does not open everything begins with another view. Favourites of a link are none that the bar offers.
  const opensAll = of.views.value.some(({ name }) => name === EVERYTHING);
  const shown = of.view.value === EVERYTHING && !opensAll ? of.timeline.value?.view : of.view.value;
  const album = albums.find(({ name }) => name === shown);
  const link = (each: Offered, counted: boolean) => (
    <ViewLink key={each.name} view={each} shown={each.name === shown} counted={counted} choose={to.choose} />
  );
  return (
    <>
      <h1 dir="auto">{of.title.value ?? unnamed}</h1>
      {kinds.length + albums.length > 1 && (
        <nav class="views" aria-label={words.header.show}>
          <div class="views-row">{kinds.map((each) => link(each, false))}</div>
          <Menu
            class={albums.length > 0 ? 'views-menu' : 'views-menu views-menu-plain'}
            label={shownTitle(offered, shown) ?? (opensAll ? words.header.all : words.header.albums)}
            wide={album?.title ?? words.header.albums}
          >
            <div class="views-kinds">{kinds.map((each) => link(each, true))}</div>
            {albums.length > 0 && <p class="menu-title">{words.header.albums}</p>}
            {albums.map((each) => link(each, true))}
          </Menu>
        </nav>
      )}
      <div class="bar-actions">
        {of.timeline.value !== null && (
          <Action name="select" label={words.select.start} press={to.select} pressed={of.selecting.value} />
        )}
        {of.downloadable.value && <Action name="download" label={words.page.download} press={to.download} />}
        <Action name="leave" label={words.header.logout} press={to.logout} />
      </div>
      <p class="bar-message" role="alert">
        {of.message.value}
      </p>
    </>
  );
}

function ViewLink({ view, shown, counted, choose }: {
  readonly view: Offered;
  readonly shown: boolean;
  readonly counted: boolean;
  readonly choose: (view: string) => void;
}) {
  const press = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    choose(view.name);
  };
  return (
    <a class="view" href={formatRoute({ view: 'grid', name: view.name })} aria-current={shown ? 'true' : undefined} onClick={press}>
      <span>{view.title}</span>
      {counted && view.count !== null && <span class="view-count">{number(view.count)}</span>}
    </a>
  );
}

function Action({ name, label, press, pressed }: {
  readonly name: LineIcon;
  readonly label: string;
  readonly press: () => void;
  readonly pressed?: boolean;
}) {
  return (
    <button type="button" class="bar-action" aria-label={label} title={label} aria-pressed={pressed} onClick={press}>
      <Icon name={name} />
    </button>
  );
}
