/** What is shown, in one place. Panels read it, and draw themselves again when it changes. */
import { batch, computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Media, Timeline, View } from './api/types.ts';
import { favourites } from './favourites/kept.ts';
import type { Favourites } from './favourites/code.ts';
import { EVERYTHING, FILMS } from './route.ts';

export interface State {
  /** The name of the view in the grid, as in a timeline, or of favourites as in a route. */
  readonly view: Signal<string>;
  /** The timeline of this view, once it is known. */
  readonly timeline: Signal<Timeline | null>;
  /** The gallery's own title. `null` until it is known. */
  readonly title: Signal<string | null>;
  /** The views that the session opens, with their counts. Empty until they are known. */
  readonly views: Signal<readonly View[]>;
  /** The name of the item in the lightbox, for the title of the page. */
  readonly subject: Signal<string | null>;
  /** Whether a password is needed. Then nothing of the gallery may be told. */
  readonly locked: Signal<boolean>;
  /** Something the viewer should know, e.g. that logging out failed. */
  readonly message: Signal<string>;
  /** The items that are selected, by their keys. */
  readonly selection: Signal<ReadonlyMap<string, Media>>;
  /** Whether a tap on a tile selects it. */
  readonly selecting: Signal<boolean>;
  /** The viewer's favourites. Only they outlive the visit. */
  readonly favourites: Signal<Favourites>;
  /** Whether something of the view may be taken home. `null` until it is known. */
  readonly downloadable: ReadonlySignal<boolean | null>;
  /** Forgets what is shown, and with it everything of the gallery. */
  forget(): void;
}

export function state(): State {
  const view = signal(EVERYTHING);
  const timeline = signal<Timeline | null>(null);
  const title = signal<string | null>(null);
  const views = signal<readonly View[]>([]);
  const subject = signal<string | null>(null);
  const message = signal('');
  const selection = signal<ReadonlyMap<string, Media>>(new Map());
  const selecting = signal(false);
  return {
    view,
    timeline,
    title,
    views,
    subject,
    locked: signal(false),
    message,
    selection,
    selecting,
    favourites: favourites(),
    downloadable: computed(() => {
      const of = timeline.value;
      // Films are taken as originals only.
      return of && of.download && of.count > 0 && (of.originals || view.value !== FILMS);
    }),
    forget() {
      batch(() => {
        view.value = EVERYTHING;
        timeline.value = title.value = subject.value = null;
        views.value = [];
        selection.value = new Map();
        selecting.value = false;
        message.value = '';
      });
    },
  };
}
