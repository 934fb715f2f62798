import { batch, effect, untracked } from '@preact/signals';
import { Api } from './api/client.ts';
import type { Media } from './api/types.ts';
import { bar } from './bar/Bar.tsx';
import { cover } from './cover/cover.ts';
import { places } from './film/kept.ts';
import { entryOf } from './favourites/code.ts';
import { idOf } from './favourites/id.ts';
import { strip } from './favourites/Strip.tsx';
import { prepare, warm } from './film/player.ts';
import { freshness } from './freshness.ts';
import { go } from './go.ts';
import { grid } from './grid/grid.ts';
import { scrubber } from './grid/scrubber.ts';
import { installable } from './install.ts';
import { Libraries } from './libraries.ts';
import { isGone } from './library/blocks.ts';
import { waitAfter } from './library/wait.ts';
import type { Lightbox } from './lightbox/lightbox.ts';
import { login } from './login/login.ts';
import { keepSignedIn, signedIn, whenInDoubt, whySignedOut } from './login/signed-in.ts';
import { step, wanted } from './return-to.ts';
import { codeOf, EVERYTHING, FAVOURITES, FILMS, FOLLOWED, formatRoute, linkOf, parseRoute } from './route.ts';
import { begin, forget as forgetKept } from './offline/offline.ts';
import { keepPlace, keptPlace, savePlace } from './scroll.ts';
import { gestures } from './selection/gestures.ts';
import { panel } from './selection/Panel.tsx';
import { selection } from './selection/selection.ts';
import { elsewhere, homePath } from './services.ts';
import { state } from './state.ts';
import { transition } from './transition.ts';
import { idle, viewer as viewerOf } from './viewer.ts';
import { fromGrid, openedIn, type Visit } from './visit.ts';
import { h, stillMotion } from './ui/dom.ts';
import { failure } from './ui/notice.ts';
import { words } from './words/words.ts';
import { languages } from './ui/languages.ts';

/** Among films, the player is loaded after this time, in ms: when the pictures have been asked for. */
const IDLE = 300;

/** Joins the screens. The URL decides what is shown, and the session whether it is shown. */
export function start(root: HTMLElement): void {
  const unnamed = document.title;
  const api = new Api();
  const shown = state();
  const { view, subject, title, locked, message } = shown;
  let scrolled = 0;
  /** The item that is looked for in a library that has changed. */
  let following: string | null = null;
  let followAgain: ReturnType<typeof setTimeout> | undefined;
  /** Whether the browser comes from a link, and nothing has shown yet that it kept the cookie. */
  let followed = location.hash === FOLLOWED;

  const libraries = new Libraries(api, () => shown.favourites.peek(), (name, { timeline, status, error }) => {
    if (!timeline) {
      // Others are still to be told of the failure.
      if (status === 'failed' && isGone(error)) queueMicrotask(() => miss(name, error));
      return;
    }
    keepSignedIn(followed ? 'link' : (signedIn() ?? 'password'));
    followed = false;
    batch(() => {
      title.value = timeline.title;
      shown.views.value = timeline.views;
      if (view.value === name) shown.timeline.value = timeline;
    });
    installable(timeline.title ?? unnamed);
    begin();
  });
  const library = (name: string) => libraries.get(name);
  const films = places();
  let closeDownload: () => void = () => undefined;
  const front = cover(lock);
  const top = bar(shown, unnamed, { choose, download: () => void download(), select: () => (shown.selecting.value = !shown.selecting.value || (select.clear(), false)), logout: () => void logout() });
  const photos = grid({
    unauthorized: lock,
    laidOut: () => time.update(),
    isSelected: ({ key }) => shown.selection.peek().has(key),
    isFavourite: ({ key }) => shown.favourites.peek().has(idOf(key)),
  });
  const time = scrubber(() => photos.months());
  const select = selection(shown, { library: () => library(view.peek()) });
  gestures(photos, select, (index) => like(library(view.peek()).at(index)), () => shown.selecting.peek());
  keepPlace(() => (locked.value ? undefined : photos.place()));
  const stillWelcome = () => api.stillWelcome();
  const viewer = viewerOf(root, {
    stillWelcome,
    playback: (path) => api.playback(path),
    unauthorized: lock,
    resume: films,
    moved(item, title) {
      subject.value = title;
      const hash = formatRoute({ view: 'item', key: item.key });
      if (location.hash === hash) return;
      try {
        history.replaceState(history.state, '', hash);
      } catch {
        // Safari allows a hundred changes in half a minute. If the viewer turns pages faster, the URL lags behind.
      }
    },
    displaced: (key) => void follow(key),
    details: (key) => api.details(key),
    isFavourite: ({ key }) => shown.favourites.peek().has(idOf(key)),
    like,
    close() {
      if (fromGrid(history.state)) history.back();
      else leave();
    },
  });
  const link = linkOf(location, homePath());
  const gate = login(api, unnamed, () => (link === null ? wanted(location.href, homePath()) : homePath()), (target) => void entered(target), link);
  const news = h('button', { type: 'button', class: 'button button-primary news', hidden: true }, words.grid.news);
  const selected = panel(shown, { clear: select.clear, download: (items) => void download(items), stillWelcome });
  const told = h('div', { role: 'status' }, news);
  const foot = h('footer', {}, languages());
  const inside = h('div', { class: 'inside' }, top, front.element, strip(shown), photos.element, foot, time.element, told, selected);
  freshness(
    async () => !locked.value && (await library(view.value).isStale()),
    // What is in the window stays where it is.
    () => void renew().then(() => (news.hidden = scrollY < 1)),
  );
  root.prepend(inside);
  effect(() => front.show(shown.timeline.value));
  // Names the page for the tab and the history. At the login, nothing of the gallery is told.
  effect(() => {
    const whole = title.value ?? unnamed;
    const named = subject.value === null ? whole : `${subject.value} · ${whole}`;
    document.title = locked.value ? unnamed : named;
  });
  effect(() => {
    photos.element.classList.toggle('gallery-selecting', shown.selecting.value);
    void [shown.selection.value, shown.favourites.value];
    untracked(() => photos.mark());
  });
  effect(() => {
    void shown.favourites.value;
    untracked(() => viewer.loaded()?.mark());
    untracked(showLiked);
  });

  api.onUnauthorized = lock;
  addEventListener('popstate', () => {
    closeDownload();
    sync();
  });
  addEventListener('online', () => !locked.value && retry());
  whenInDoubt(() => !locked.value && void stillWelcome());
  news.addEventListener('click', () => {
    news.hidden = true;
    scrollTo({ top: 0, behavior: stillMotion() ? 'auto' : 'smooth' });
  });
  // The lightbox comes after the first picture, or while a hand is on its way. So does the player, to a film.
  photos.element.addEventListener('load', () => idle(viewer.warm), { capture: true, once: true });
  for (const type of ['pointerover', 'pointerdown'] as const) {
    photos.element.addEventListener(type, ({ target }) => {
      if (!(target instanceof Element) || !target.closest('.tile')) return;
      viewer.warm();
      if (target.closest('.tile-film')) prepare();
    });
  }
  // From a tile as well as from the cover, closing leads back to the view that is shown now.
  for (const each of [photos.element, front.element]) each.addEventListener('click', pressed);
  if (followed) toGrid();
  if (link === null) sync();
  else {
    lock();
    gate.follow();
  }

  /** Opens the item whose link was clicked. */
  function pressed(event: MouseEvent): void {
    const { target, button } = event;
    const key = target instanceof Element ? target.closest<HTMLElement>('[data-key]')?.dataset['key'] : undefined;
    // Clicks that ask for a new tab or window stay links.
    if (key === undefined || button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    savePlace(photos.place());
    go('pushState', { fromGrid: true, view: view.value } satisfies Visit, formatRoute({ view: 'item', key }));
    sync(true);
  }

  /** Shows a view in the grid. If it is another one than before, it begins at a place. */
  function show(name: string, place = keptPlace()): void {
    const of = library(name);
    batch(() => {
      view.value = name;
      // Until it is known, what was known of the view before stands: a button that goes and comes draws the eye.
      if (of.timeline) shown.timeline.value = of.timeline;
    });
    photos.show(of, place);
  }

  /** The dialog is loaded when somebody wants it. */
  async function download(items: readonly Media[] | null = null): Promise<void> {
    const from = library(view.value);
    message.value = '';
    try {
      const [dialog] = await Promise.all([import('./download/dialog.ts'), from.read()]);
      if (locked.value || library(view.value) !== from || !from.timeline) return;
      closeDownload();
            // The services do not know favourites, so their items are named.
      const chosen = items ?? (codeOf(view.value) === null ? null : await from.items([0, from.count]));
      closeDownload = dialog.open(api, from.timeline, chosen);
    } catch {
      message.value = words.header.downloadNotOpened;
    }
  }

  function like(item: Media | null): void {
    if (!item) return;
    const [id, day] = entryOf(item);
    const next = new Map(shown.favourites.value);
    if (!next.delete(id)) next.set(id, day);
    shown.favourites.value = next;
  }

  /** Forgets everything that was read so far, because it is out of date or the viewer may no longer see it. */
  function forget(): void {
    libraries.forget();
    photos.clear();
    news.hidden = true;
  }

  /** Reads the view that is shown again, because what was read is out of date. */
  function renew(): Promise<void> {
    libraries.keep(view.value);
    return library(view.value).refresh();
  }

  /** Loads again what failed while the session or the network was gone. */
  function retry(): void {
    photos.retry();
    front.retry();
  }

  /** Shows what the URL names. `play` is set if the viewer has just clicked on the item. */
  function sync(play = false): void {
    if (locked.value) return;
    const route = parseRoute(location.hash);
    if (route.view !== 'item') {
      const name = route.view === 'grid' ? route.name : EVERYTHING;
      subject.value = null;
      message.value = '';
      show(name);
      if (name === FILMS) setTimeout(prepare, IDLE);
      shut();
    } else {
      photos.cover(true);
      show(openedIn(history.state) ?? view.value);
      reveal(route.key, play);
    }
  }

  /** The view that is shown is gone, or this session does not open it: its link shows the gallery all the same. */
  function miss(name: string, error: unknown): void {
    const isElse = view.value !== name || name === EVERYTHING || codeOf(name) !== null;
    if (isElse || locked.value || parseRoute(location.hash).view === 'item') return;
    view.value = EVERYTHING;
    // The list of views may be as old as the link.
    void renew();
    leave();
    message.value = error instanceof Error ? error.message : words.errors.unknown;
  }

  function reveal(key: string, play: boolean): void {
    if (library(view.value).indexOf(key) < 0) void seek(key);
    else viewer.open((box) => at(key) && uncover(box, key, play));
  }

  /** The library has changed under the lightbox. What is looked at stays there while its new number is asked for. */
  async function follow(key: string, tries = 1): Promise<void> {
    if (following === key) return;
    following = key;
    clearTimeout(followAgain);
    const wait = await library(view.value).find(key).then(() => null, (error: unknown) => waitAfter(error, tries));
    following = null;
    if (!at(key)) return;
    // A lost request does not say that the item is gone. Where it is gone from this view, `reveal` looks further.
    if (wait === null) reveal(key, false);
    else followAgain = setTimeout(() => at(key) && void follow(key, tries + 1), wait);
  }

  function uncover(box: Lightbox, key: string, play: boolean): void {
    const from = library(view.value);
    const index = from.indexOf(key);
    if (index < 0) {
      void seek(key);
      return;
    }
    const pressed = play ? from.at(index) : null;
    if (pressed?.hls) warm(pressed.hls);
    // What changes in a transition changes after the tap, and an iPhone plays no film then.
    if (box.element.open || pressed?.type === 'video') box.show(from, index, play);
    else {
      transition(photos.tileOf(key), () => box.frame(), () => {
        if (at(key)) box.show(from, index, play);
      });
    }
  }

  /** For a link to an item that has not been read yet. */
  async function seek(key: string): Promise<void> {
    const tell = (notice: HTMLElement) => viewer.open((box) => box.tell(notice));
    tell(h('div', { class: 'loading', role: 'status', 'aria-label': words.page.loading }));
    try {
      const found = await libraries.find(key, view.value);
      if (!at(key)) return;
      // The filter of this visit may hide the item.
      show(found?.name ?? EVERYTHING);
      if (found) viewer.open((box) => at(key) && box.show(library(found.name), found.index, false));
      else tell(failure(new Error(words.grid.itemGone), leave, words.grid.toGallery));
    } catch (error) {
      if (at(key)) tell(failure(error, () => void seek(key)));
    }
  }

  function toGrid(): void {
    go('replaceState', null, formatRoute({ view: 'grid', name: view.value }));
  }

  function leave(): void {
    toGrid();
    sync();
  }

  function shut(): void {
    const box = viewer.loaded();
    if (box?.element.open) {
      const key = box.key();
      const target = key === null ? null : photos.reveal(key);
      transition(box.frame(), () => target, () => {
        if (parseRoute(location.hash).view === 'item') return;
        viewer.hide();
        target?.focus({ preventScroll: true });
        showLiked();
      });
    } else {
      viewer.hide();
      showLiked();
    }
    photos.cover(false);
  }

  /** Shows the favourites as they are now. Under the lightbox they stay, so that what is looked at keeps its place. */
  function showLiked(): void {
    if (parseRoute(location.hash).view !== 'item') void libraries.known(FAVOURITES)?.refresh();
  }

  /** Whether the URL still names this item. A change takes effect a frame later, and another may have followed. */
  function at(key: string): boolean {
    const route = parseRoute(location.hash);
    return !locked.value && route.view === 'item' && route.key === key;
  }

  function choose(name: string): void {
    const place = photos.place();
    savePlace(place);
    // The other view begins where this one is, and Back leads to this one.
    go('pushState', { place }, formatRoute({ view: 'grid', name }));
    sync();
  }

  /** The session is gone: hides everything, keeps everything, and asks for the password. */
  function lock(): void {
    if (locked.value) return;
    locked.value = true;
    void forgetKept();
    scrolled = scrollY;
    viewer.hide();
    closeDownload();
    libraries.rest();
    inside.remove();
    root.prepend(gate.element);
    // A guest of a link has no password to try.
    if (followed) gate.shut(words.login.noCookieLink);
    else gate.open(link === null ? whySignedOut() : undefined);
  }

  /** Goes back to the place before the login, or to the target that the server gives. */
  async function entered(target: string | null): Promise<void> {
    if (!(await stillWelcome())) {
      // Without a word, the page would ask for the password again and again.
      gate.warn(elsewhere() ? words.elsewhere.noCookie : words.login.noCookie);
      return;
    }
    keepSignedIn(link === null ? 'password' : 'link');
    if (link !== null) {
      location.replace(homePath());
      return;
    }
    // A path of services on another origin is none of this page's.
    const next = step(location.href, elsewhere() ? wanted(location.href, homePath()) : target, homePath());
    if (next.kind === 'load') {
      location.assign(next.url);
      return;
    }
    if (next.kind === 'fragment') history.replaceState(history.state, '', next.url);
    locked.value = false;
    gate.element.remove();
    root.prepend(inside);
    // The session may open more than the one before.
    void renew();
    retry();
    sync();
    scrollTo(0, scrolled);
  }

  async function logout(): Promise<void> {
    try {
      await api.logout();
    } catch (error) {
      message.value = error instanceof Error ? error.message : words.header.logoutFailed;
      return;
    }
    forget();
    films.forget();
    keepSignedIn(null);
    select.clear();
    shown.forget();
    toGrid();
    lock();
    scrolled = 0;
  }
}
