import { useSignal } from '@preact/signals';
import { render } from 'preact';
import { codeOf, FAVOURITES, formatRoute } from '../route.ts';
import type { State } from '../state.ts';
import { h } from '../ui/dom.ts';
import { words } from '../words/words.ts';
import { decode, encode } from './code.ts';

/** What stands above favourites: the link to them, or the offer to keep those of a link. */
export function strip(of: State): HTMLElement {
  const element = h('div', { class: 'strip-place' });
  render(<Strip of={of} />, element);
  return element;
}

function Strip({ of }: { readonly of: State }) {
  const said = useSignal<{ readonly view: string; readonly text: string } | null>(null);
  const view = of.view.value;
  const code = codeOf(view);
  if (code === null) return null;
  const say = (text: string, at = view) => (said.value = { view: at, text });
  const { shared, stay, share, copied, keep, kept, lost } = words.favourites;
  const own = of.favourites.value;
  const favourites = code === '' ? own : decode(code);
  const copy = async () => {
    const name = `${FAVOURITES}/${encode(own)}`;
    const hash = formatRoute({ view: 'grid', name });
    try {
      await navigator.clipboard.writeText(new URL(hash, location.href).href);
      say(copied);
    } catch {
      // Without TLS, and in some browsers, pages may not write there. The address can be copied by hand.
      location.hash = hash;
      say(words.share.failed, name);
    }
  };
  const take = () => {
    of.favourites.value = new Map([...own, ...favourites]);
    say(kept);
  };
  const there = of.timeline.value?.view === FAVOURITES ? of.timeline.value.count : favourites.size;
  const missing = favourites.size - there;
  const mine = [...favourites.keys()].every((id) => own.has(id));
  return (
    <section class="strip" aria-label={words.header.favourites}>
      <p>{code === '' ? stay : shared}</p>
      {code === '' && own.size > 0 && <button type="button" class="button" onClick={copy}>{share}</button>}
      {code !== '' && !mine && <button type="button" class="button button-primary" onClick={take}>{keep}</button>}
      <p role="status">{said.value?.view === view ? said.value.text : missing > 0 ? lost(missing) : ''}</p>
    </section>
  );
}
