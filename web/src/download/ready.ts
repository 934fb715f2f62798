import type { Part, Prepared } from '../api/download.ts';
import { h, set } from '../ui/dom.ts';
import { bytes } from '../ui/format.ts';
import { amountOf, resumable } from './choices.ts';
import { words } from '../words/words.ts';

export interface Ready {
  readonly result: HTMLElement;
  /** The link to the only part, which belongs beside the other buttons. `null`: each part has its link in `result`. */
  readonly action: HTMLElement | null;
  /** The link that is wanted first. */
  readonly first: HTMLElement | null;
}

/**
 * Offers the parts of a download. The browser's own download begins with a click on a link, and the page never learns
 * how it ends. `say` tells what was done.
 */
export function ready(prepared: Prepared, say: (text: string) => void): Ready {
  const { parts } = prepared;
  const until = resumable(prepared.expires);
  const sum = h('div', { id: 'download-sum' }, h('p', { class: 'download-sum' }, amountOf(prepared)));
  if (prepared.leftOut > 0) sum.append(h('p', {}, words.download.leftOut(prepared.leftOut)));
  const result = h('div', { class: 'download-ready' }, sum);
  const links = parts.map(({ url, name }) => h('a', { class: 'button', href: url, download: name, 'aria-describedby': 'download-sum' }));
  const [first = null] = links;
  const several = links.length > 1;
  if (several) result.append(h('p', {}, words.download.inParts(parts.length)), rows(parts, links, say));
  else if (first) only(first, bytes(prepared.length), say);
  if (until) result.append(h('p', { class: 'download-until' }, until));
  return { result, action: several ? null : first, first };
}

function only(link: HTMLElement, size: string, say: (text: string) => void): void {
  link.classList.add('button-primary');
  link.textContent = words.download.downloadSize(size);
  link.addEventListener('click', () => {
    link.textContent = words.download.downloadAgain;
    say(words.download.handed);
  });
}

/** A row for each part. The link of the part that comes next stands out. */
function rows(parts: readonly Part[], links: readonly HTMLElement[], say: (text: string) => void): HTMLElement {
  const started = new Set<HTMLElement>();
  const mark = () => {
    const next = links.find((each) => !started.has(each));
    for (const each of links) each.classList.toggle('button-primary', each === next);
  };
  const row = (link: HTMLElement, at: number) => {
    const part = parts[at];
    const which = [at + 1, parts.length] as const;
    link.textContent = words.page.download;
    set(link, { 'aria-label': words.download.downloadPart(...which), 'aria-describedby': null });
    link.addEventListener('click', () => {
      started.add(link);
      link.textContent = words.download.again;
      set(link, { 'aria-label': words.download.downloadPartAgain(...which) });
      say(words.download.partHanded(...which));
      mark();
    });
    return h('li', {}, h('span', {}, h('strong', {}, words.download.part(...which)), ' · ', part && bytes(part.length)), link);
  };
  const list = h('ol', { class: 'download-parts' }, ...links.map(row));
  mark();
  return list;
}
