import { Api } from './api/client.ts';
import type { MediaType } from './api/types.ts';
import { places } from './film/kept.ts';
import { prepare, warm } from './film/player.ts';
import { freshness } from './freshness.ts';
import { grid } from './grid/grid.ts';
import { header } from './header.ts';
import { Library } from './library/library.ts';
import { lightbox } from './lightbox/lightbox.ts';
import { DAYS, login } from './login/login.ts';
import { keepSignedIn, signedIn } from './login/signed-in.ts';
import { step, wanted } from './return-to.ts';
import { FOLLOWED, formatRoute, linkOf, parseRoute, viewOf } from './route.ts';
import { keepScroll, saveScroll } from './scroll.ts';
import { transition } from './transition.ts';
import { h } from './ui/dom.ts';
import { failure } from './ui/notice.ts';
import { words } from './words/words.ts';
import { languages } from './ui/languages.ts';

/** Marks history entries that were made by opening an item from the grid. Closing the item then goes back. */
interface Visit {
  readonly fromGrid: true;
}

/** Among films, the player is loaded after this time, in ms: when the pictures have been asked for. */
const IDLE = 300;

/** Joins the screens. The URL decides what is shown, and the session whether it is shown. */
export function start(root: HTMLElement): void {
  const unnamed = document.title;
  const api = new Api();
  let libraries = new Map<MediaType | null, Library>();
  let filter: MediaType | null = null;
  /** The gallery's own title, once it is known. */
  let title = unnamed;
  /** The item that is looked at. */
  let subject: string | null = null;
  let locked = false;
  let scrolled = 0;
  /** Whether the browser comes from a link, and nothing has shown yet that it kept the cookie. */
  let followed = location.hash === FOLLOWED;

  const films = places();
  let closeDownload: () => void = () => undefined;
  const top = header(unnamed, { choose, download: () => void download(), logout: () => void logout() });
  const photos = grid(keepScroll(), () => void api.stillWelcome().then((welcome) => !welcome && lock()));
  const viewer = lightbox({
    stillWelcome: () => api.stillWelcome(),
    playback: (path) => api.playback(path),
    unauthorized: lock,
    resume: films,
    moved(item, shown) {
      subject = shown;
      name();
      const hash = formatRoute({ view: 'item', key: item.key });
      if (location.hash === hash) return;
      try {
        history.replaceState(history.state, '', hash);
      } catch {
        // Safari allows a hundred changes in half a minute. If the viewer turns pages faster, the URL lags behind.
      }
    },
    displaced: (key) => reveal(key, false),
    details: (key, view) => api.details(key, view),
    close() {
      if (fromGrid(history.state)) history.back();
      else {
        history.replaceState(null, '', formatRoute({ view: 'grid', filter }));
        sync();
      }
    },
  });
  const link = linkOf(location.pathname);
  const gate = login(api, unnamed, () => (link === null ? wanted(location.href) : '/'), (target) => void entered(target), link);
  const news = h('button', { type: 'button', class: 'button button-primary news', hidden: true }, words.grid.news);
  const inside = h('div', { class: 'inside' }, top.element, photos.element, h('footer', {}, languages()), news);
  freshness(
    async () => !locked && (await library(filter).isStale()),
    () => {
      news.hidden = false;
    },
  );
  root.append(inside, viewer.element);

  api.onUnauthorized = lock;
  addEventListener('popstate', () => {
    closeDownload();
    sync();
  });
  addEventListener('online', () => !locked && photos.retry());
  news.addEventListener('click', () => {
    forget();
    scrollTo(0, 0);
    sync();
  });
  // The player loads while a hand is on its way to a film.
  photos.element.addEventListener('pointerover', (event) => {
    if (event.target instanceof Element && event.target.closest('.tile-film')) prepare();
  });
  photos.element.addEventListener('click', (event) => {
    const tile = event.target instanceof Element ? event.target.closest<HTMLElement>('.tile') : null;
    const key = tile?.dataset['key'];
    // Clicks that ask for a new tab or window stay links.
    if (key === undefined || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    saveScroll();
    history.pushState({ fromGrid: true } satisfies Visit, '', formatRoute({ view: 'item', key }));
    sync(true);
  });
  if (followed) history.replaceState(null, '', formatRoute({ view: 'grid', filter }));
  if (link === null) sync();
  else {
    lock();
    gate.follow();
  }

  function library(type: MediaType | null): Library {
    const known = libraries.get(type);
    if (known) return known;
    const created = new Library(api, viewOf(type));
    libraries.set(type, created);
    created.subscribe(() => {
      if (!created.timeline || libraries.get(type) !== created) return;
      keepSignedIn(followed ? 'link' : (signedIn() ?? 'password'));
      followed = false;
      title = created.timeline.title ?? unnamed;
      top.name(title);
      top.offer(created.timeline.views.map(({ name: view }) => view));
      offerDownload();
      name();
    });
    return created;
  }

  /** Names the page for the tab and the history. At the login, nothing of the gallery is told. */
  function name(): void {
    const shown = subject === null ? title : `${subject} · ${title}`;
    document.title = locked ? unnamed : shown;
  }

  /** Offers the view that is shown, if something of it may be taken. Films are taken as originals only. */
  function offerDownload(): void {
    const { timeline } = library(filter);
    // Until it is known, what was known of the view before stands: a button that goes and comes draws the eye.
    if (!timeline) return;
    const some = timeline.originals || timeline.view !== 'films';
    top.downloadable(timeline.download && timeline.count > 0 && some);
  }

  /** The dialog is loaded when somebody wants it. */
  async function download(): Promise<void> {
    const from = library(filter);
    top.say('');
    try {
      const [dialog] = await Promise.all([import('./download/dialog.ts'), from.read()]);
      if (locked || library(filter) !== from || !from.timeline) return;
      closeDownload();
      closeDownload = dialog.open(api, from.timeline);
    } catch {
      top.say(words.header.downloadNotOpened);
    }
  }

  /** Forgets everything that was read so far, because it is out of date or the viewer may no longer see it. */
  function forget(): void {
    libraries = new Map();
    photos.clear();
    news.hidden = true;
  }

  /** Shows what the URL names. `play` is set if the viewer has just clicked on the item. */
  function sync(play = false): void {
    if (locked) return;
    const route = parseRoute(location.hash);
    if (route.view === 'grid') {
      filter = route.filter;
      subject = null;
      name();
      top.chosen(filter);
      photos.show(library(filter));
      offerDownload();
      if (filter === 'video') setTimeout(prepare, IDLE);
      shut();
    } else {
      photos.cover(true);
      photos.show(library(filter));
      reveal(route.key, play);
    }
  }

  function reveal(key: string, play: boolean): void {
    const from = library(filter);
    const index = from.indexOf(key);
    if (index < 0) {
      void seek(key);
      return;
    }
    const film = play ? from.at(index)?.hls : null;
    if (film) warm(film);
    if (viewer.element.open) viewer.show(from, index, play);
    else {
      transition(photos.tileOf(key), () => viewer.frame(), () => {
        if (at(key)) viewer.show(from, index, play);
      });
    }
  }

  /** For a link to an item that has not been read yet. */
  async function seek(key: string): Promise<void> {
    viewer.tell(h('div', { class: 'loading', role: 'status', 'aria-label': words.page.loading }));
    // The filter of this visit may hide the item.
    filter = null;
    top.chosen(filter);
    const all = library(null);
    photos.show(all);
    try {
      const index = await all.find(key);
      if (!at(key)) return;
      if (index !== null) viewer.show(all, index, false);
      else viewer.tell(failure(new Error(words.grid.itemGone), leave, words.grid.toGallery));
    } catch (error) {
      if (at(key)) viewer.tell(failure(error, () => void seek(key)));
    }
  }

  function leave(): void {
    history.replaceState(null, '', formatRoute({ view: 'grid', filter }));
    sync();
  }

  function shut(): void {
    if (viewer.element.open) {
      const key = viewer.key();
      const target = key === null ? null : photos.reveal(key);
      transition(viewer.frame(), () => target, () => {
        if (parseRoute(location.hash).view === 'item') return;
        viewer.hide();
        target?.focus({ preventScroll: true });
      });
    }
    photos.cover(false);
  }

  /** Whether the URL still names this item. A change takes effect a frame later, and another may have followed. */
  function at(key: string): boolean {
    const route = parseRoute(location.hash);
    return !locked && route.view === 'item' && route.key === key;
  }

  function choose(type: MediaType | null): void {
    history.replaceState(null, '', formatRoute({ view: 'grid', filter: type }));
    scrollTo(0, 0);
    sync();
  }

  /** The session is gone: hides everything, keeps everything, and asks for the password. */
  function lock(): void {
    if (locked) return;
    locked = true;
    scrolled = scrollY;
    viewer.hide();
    closeDownload();
    for (const each of libraries.values()) each.rest();
    inside.remove();
    root.prepend(gate.element);
    name();
    // A guest of a link has no password to try.
    if (followed) gate.shut(words.login.noCookieLink);
    else gate.open(link === null ? whySignedOut() : undefined);
  }

  /** Goes back to the place before the login, or to the target that the server gives. */
  async function entered(target: string | null): Promise<void> {
    if (!(await api.stillWelcome())) {
      // Without a word, the page would ask for the password again and again.
      gate.warn(words.login.noCookie);
      return;
    }
    keepSignedIn(link === null ? 'password' : 'link');
    if (link !== null) {
      location.replace('/');
      return;
    }
    const next = step(location.href, target);
    if (next.kind === 'load') {
      location.assign(next.url);
      return;
    }
    if (next.kind === 'fragment') history.replaceState(history.state, '', next.url);
    locked = false;
    name();
    gate.element.remove();
    root.prepend(inside);
    photos.retry();
    sync();
    scrollTo(0, scrolled);
  }

  async function logout(): Promise<void> {
    try {
      await api.logout();
    } catch (error) {
      top.say(error instanceof Error ? error.message : words.header.logoutFailed);
      return;
    }
    forget();
    films.forget();
    keepSignedIn(null);
    filter = null;
    title = unnamed;
    subject = null;
    top.name(title);
    top.downloadable(false);
    history.replaceState(null, '', formatRoute({ view: 'grid', filter }));
    lock();
    scrolled = 0;
  }
}

/** What who was let in before is told at the login. */
function whySignedOut(): string | undefined {
  const way = signedIn();
  if (way === null) return undefined;
  return way === 'link' ? words.login.expiredLink(DAYS) : words.login.expired(DAYS);
}

function fromGrid(state: unknown): state is Visit {
  return typeof state === 'object' && state !== null && 'fromGrid' in state;
}

