import { ApiError } from '../api/client.ts';
import { h } from './dom.ts';

/** A notice of a failure: a sentence, the request's id in small print, and a button to try again. */
export function failure(error: unknown, retry: () => void, label = 'Try again'): HTMLElement {
  const message = error instanceof Error && error.message ? error.message : 'Something went wrong.';
  const requestId = error instanceof ApiError ? error.requestId : null;
  const button = h('button', { type: 'button', class: 'button' }, label);
  button.addEventListener('click', retry);
  return h(
    'div',
    { class: 'failure', role: 'alert' },
    h('p', {}, message),
    button,
    requestId && h('p', { class: 'request-id' }, 'Request ', h('code', {}, requestId)),
  );
}
