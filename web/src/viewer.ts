/** The way to the lightbox, which is loaded after the first pictures, or when somebody opens an item. */
import type { Lightbox, LightboxEvents } from './lightbox/lightbox.ts';
import { h } from './ui/dom.ts';
import { failure } from './ui/notice.ts';
import { words } from './words/words.ts';

export interface Viewer {
  /** Loads the lightbox, before somebody needs it. */
  warm(): void;
  /** The lightbox, if it is there. */
  loaded(): Lightbox | null;
  /** Calls `then` with the lightbox: at once if it is there, else when it is. Of several calls, the last one counts. */
  open(then: (box: Lightbox) => void): void;
  /** Closes it. Who waits for it waits no more. */
  hide(): void;
}

/** Calls `work` when the page has nothing else to do. Safari has no such call. */
export function idle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 2000 });
  else setTimeout(work, 300);
}

export function viewer(root: HTMLElement, events: LightboxEvents): Viewer {
  const veil = h('div', { class: 'veil', hidden: true });
  let box: Lightbox | null = null;
  let wanted: ((box: Lightbox) => void) | null = null;
  let loading: Promise<void> | null = null;
  let failures = 0;
  root.append(veil);
  addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && !veil.hidden) leave();
  });

  function load(): Promise<void> {
    loading ??= import('./lightbox/lightbox.ts').then(({ lightbox }) => {
      box = lightbox(events);
      root.append(box.element);
    });
    // What failed is tried again when it is asked for again.
    loading.catch(() => (loading = null));
    return loading;
  }

  function wait(): void {
    veil.replaceChildren(h('div', { class: 'loading', role: 'status', 'aria-label': words.page.loading }));
    veil.hidden = false;
    void load().then(arrived, failed);
  }

  function arrived(): void {
    const then = wanted;
    rest();
    if (box) then?.(box);
  }

  function failed(): void {
    if (wanted === null) return;
    failures += 1;
    const away = h('button', { type: 'button', class: 'button' }, words.grid.toGallery);
    away.addEventListener('click', leave);
    const notice = failure(new Error(words.viewer.notOpened), again);
    notice.append(away);
    veil.replaceChildren(notice);
    notice.querySelector('button')?.focus();
  }

  /** A newer version of the page may have other files, and some browsers remember a module that did not come. */
  function again(): void {
    if (failures > 1 && navigator.onLine) location.reload();
    else wait();
  }

  /** Going back takes a moment. A second press in this time would go back too far. */
  function leave(): void {
    rest();
    events.close();
  }

  function rest(): void {
    wanted = null;
    veil.hidden = true;
    veil.replaceChildren();
  }

  return {
    warm: () => void load().catch(() => undefined),
    loaded: () => box,
    open(then) {
      if (box) {
        then(box);
        return;
      }
      wanted = then;
      wait();
    },
    hide() {
      rest();
      box?.hide();
    },
  };
}
