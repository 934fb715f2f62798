import css from '../styles/download.css?inline';
import { ApiError, type Api } from '../api/client.ts';
import { parsePrepared, type Prepared } from '../api/download.ts';
import type { Media, Timeline } from '../api/types.ts';
import { total } from '../grid/foot.ts';
import { EVERYTHING, FILMS, PHOTOS } from '../route.ts';
import { h, set } from '../ui/dom.ts';
import { modal } from '../ui/modal.ts';
import { adopt } from '../ui/sheet.ts';
import { ready } from './ready.ts';
import { choices, titleOf, type Choice } from './choices.ts';
import { words } from '../words/words.ts';

// The styles come with this module, which saves a request.
adopt(css);

/**
 * Asks in which size a view, or some of its items, are taken home, and then offers them to the browser. Returns what
 * closes the dialog.
 */
export function open(api: Pick<Api, 'post'>, timeline: Timeline, chosen: readonly Media[] | null = null): () => void {
  const what = chosen ? { ...timeline, ...summed(chosen) } : timeline;
  const sizes = choices(what);
  const wanted = chosen ? { keys: chosen.map(({ key }) => key) } : { view: timeline.view };
  let size = sizes[0]?.size;
  /** Stops the request that is on its way. */
  let stop: AbortController | null = null;

  const submit = h('button', { type: 'submit', class: 'button button-primary' }, words.download.prepare);
  const back = h('button', { type: 'button', class: 'button' }, words.page.close);
  const only = () => h('p', {}, sizes[0]?.hint ?? words.download.nothing);
  const asked = h('div', { class: 'download-asked' }, sizes.length > 1 ? radios(sizes, (to) => (size = to)) : only());
  const stack = h('div', { class: 'download-stack' }, asked);
  const state = h('div', { class: 'download-state', role: 'status' });
  const trouble = h('div', { class: 'download-trouble', role: 'alert' });
  const actions = h('div', { class: 'download-actions' }, back, submit);
  const form = h(
    'form',
    { method: 'dialog', novalidate: true },
    h('h2', { id: 'download-title' }, words.page.download),
    h('p', { class: 'download-what' }, h('strong', {}, chosen ? words.select.label : titleOf(timeline)), h('span', {}, total(what, what.view))),
    stack,
    state,
    trouble,
    actions,
  );
  const element = modal(h('dialog', { class: 'download', 'aria-labelledby': 'download-title' }, form));

  if (sizes.length === 0) submit.remove();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (stop === null) void prepare();
  });
  back.addEventListener('click', () => {
    if (stop === null) element.close();
    else {
      busy(null);
      submit.focus();
    }
  });
  // Also for Esc and Android's back gesture.
  element.addEventListener('close', () => {
    busy(null);
    element.remove();
  });

  /** Shows that a request is on its way, or that none is. What was on its way before is stopped. */
  function busy(next: AbortController | null): void {
    stop?.abort();
    stop = next;
    set(form, { 'aria-busy': String(next !== null) });
    for (const input of asked.querySelectorAll('input')) input.disabled = next !== null;
    submit.hidden = next !== null;
    back.textContent = next === null ? words.page.close : words.page.cancel;
    state.replaceChildren(...(next === null ? [] : [h('span', { class: 'loading' }), words.download.preparing]));
  }

  async function prepare(): Promise<void> {
    const mine = new AbortController();
    trouble.replaceChildren();
    busy(mine);
    // The button that had the focus is gone.
    back.focus();
    try {
      const prepared = await api.post('/api/download', { ...wanted, size }, parsePrepared, mine.signal);
      if (stop === mine) offer(prepared);
    } catch (error) {
      if (stop === mine) refuse(error);
    }
  }

  function offer(prepared: Prepared): void {
    busy(null);
    const { result, action, first } = ready(prepared, (text) => (state.textContent = text));
    // What was asked keeps its room, so that the dialog does not shrink.
    asked.classList.add('download-over');
    stack.append(result);
    submit.remove();
    if (action) actions.append(action);
    first?.focus();
  }

  function refuse(error: unknown): void {
    busy(null);
    const id = error instanceof ApiError ? error.requestId : null;
    trouble.append(h('p', {}, error instanceof Error ? error.message : words.errors.unknown));
    if (id) trouble.append(h('p', { class: 'request-id' }, `${words.page.request} `, h('code', {}, id)));
    submit.focus();
  }

  const { documentElement } = document;
  documentElement.style.setProperty('--scrollbar', `${innerWidth - documentElement.clientWidth}px`);
  document.body.append(element);
  element.showModal();
  return () => {
    // The event of closing comes later, and nothing may be shown until then.
    busy(null);
    element.close();
  };
}

/** Some items as if they were a view: of photos, of films, or of both. */
function summed(items: readonly Media[]): Pick<Timeline, 'view' | 'views' | 'count'> {
  const films = items.filter(({ type }) => type === 'video').length;
  const photos = items.length - films;
  const views = [{ name: PHOTOS, title: null, count: photos }, { name: FILMS, title: null, count: films }];
  return { view: films === 0 ? PHOTOS : photos === 0 ? FILMS : EVERYTHING, views, count: items.length };
}

function radios(sizes: readonly Choice[], choose: (size: Choice['size']) => void): HTMLElement {
  const choice = ({ size, name, hint }: Choice, at: number) => {
    const id = `download-${size}`;
    const input = h('input', {
      type: 'radio',
      name: 'size',
      value: size,
      checked: at === 0,
      'aria-labelledby': id,
      'aria-describedby': `${id}-hint`,
    });
    input.addEventListener('change', () => choose(size));
    const text = h('span', {}, h('strong', { id }, name), h('span', { id: `${id}-hint` }, hint));
    return h('label', { class: 'download-size' }, input, text);
  };
  return h('fieldset', {}, h('legend', {}, words.download.size), ...sizes.map(choice));
}
