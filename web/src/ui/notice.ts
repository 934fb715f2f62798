import { ApiError } from '../api/client.ts';
import { h } from './dom.ts';
import { words } from '../words/words.ts';

/** A notice of a failure: a sentence, the request's id in small print, and a button to try again. */
export function failure(error: unknown, retry: () => void, label = words.page.tryAgain): HTMLElement {
  const message = error instanceof Error && error.message ? error.message : words.errors.unknown;
  const requestId = error instanceof ApiError ? error.requestId : null;
  const button = h('button', { type: 'button', class: 'button' }, label);
  button.addEventListener('click', retry);
  return h(
    'div',
    { class: 'failure', role: 'alert' },
    h('p', {}, message),
    button,
    requestId && h('p', { class: 'request-id' }, `${words.page.request} `, h('code', {}, requestId)),
  );
}
