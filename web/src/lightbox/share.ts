/** Hands the current picture or its link on. It is loaded when somebody wants that. */
import type { Media } from '../api/types.ts';
import { formatRoute } from '../route.ts';
import { credentials } from '../services.ts';
import { words } from '../words/words.ts';

/** What the viewer may hand on. */
export interface Rights {
  readonly originals: boolean;
  readonly download: boolean;
}

/** A picture that came too late for the click that asked for it. The next click hands it on. */
let ready: { readonly key: string; readonly file: File } | null = null;

/** The viewer who shares. */
export interface Sharer {
  /** Whether the viewer still looks at the item. */
  still(): boolean;
  stillWelcome(): Promise<boolean>;
}

/** Shares the picture where browser and link allow it. Else copies the link. Returns what there is to say, or ''. */
export async function share(item: Media, rights: Rights, { still, stillWelcome }: Sharer): Promise<string> {
  const url = new URL(formatRoute({ view: 'item', key: item.key }), location.href).href;
  const source = sourceOf(item, rights);
  if (source === null || !takesFiles(source.type)) return copy(url);
  try {
    const file = ready?.key === item.key ? ready.file : await fetched(item, source.url);
    ready = { key: item.key, file };
    // Another picture must not go out in place of what is looked at now.
    if (!still()) return '';
    // An iPhone hands a title on as a text of its own, and some apps take only the text.
    await navigator.share({ files: [file] });
    ready = null;
    return '';
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    // The sheet was closed, or one is open already.
    if (name === 'AbortError' || name === 'InvalidStateError') return '';
    // The click was too long ago when the picture had come.
    if (name === 'NotAllowedError' && ready?.key === item.key) return words.share.again;
    return (await stillWelcome()) && still() ? copy(url) : '';
  }
}

interface Source {
  readonly url: string;
  readonly type: string;
}

/** The picture for the screen, else an original that everybody can show. Films are too large to wait for. */
export function sourceOf(item: Media, { originals, download }: Rights): Source | null {
  if (!download || item.type === 'video') return null;
  if (item.thumbnails.screen !== null) return { url: item.thumbnails.screen, type: 'image/webp' };
  const shown = item.displayable ?? /^image\/(?:jpeg|png|webp|gif)$/.test(item.mime ?? '');
  return originals && shown && item.mime ? { url: item.file, type: item.mime } : null;
}

function takesFiles(type: string): boolean {
  if (typeof navigator.canShare !== 'function') return false;
  return navigator.canShare({ files: [new File([''], nameOf('a', type), { type })] });
}

async function fetched(item: Media, url: string): Promise<File> {
  const response = await fetch(url, { credentials: credentials() });
  if (!response.ok) throw new Error(String(response.status));
  const blob = await response.blob();
  return new File([blob], nameOf(item.name, blob.type), { type: blob.type });
}

/** The name of a file with the ending of its type. */
export const nameOf = (name: string, type: string): string =>
  `${name.replace(/\.\w+$/, '')}.${type.replace(/^image\//, '').replace('jpeg', 'jpg')}`;

async function copy(url: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(url);
    return words.share.copied;
  } catch {
    // Without TLS, and in some browsers, pages may not write there.
    return words.share.failed;
  }
}
