import type { Media } from '../api/types.ts';
import { credentials } from '../services.ts';

/** So many files, and so many bytes, are handed to other apps. More go into a ZIP. */
const FILES = 20;
const BYTES = 60_000_000;

/** Whether the share sheet of a phone may take these items as files. A desktop has its folder of downloads. */
export function sharable(items: readonly Media[]): boolean {
  if (!('canShare' in navigator) || !matchMedia('(pointer: coarse)').matches) return false;
  if (items.length === 0 || items.length > FILES || items.reduce((sum, { size }) => sum + size, 0) > BYTES) return false;
  const files = items.map(({ name, mime }) => new File([], name, { type: mime ?? '' }));
  return navigator.canShare({ files });
}

/** Reads the items' files, without those that a link does not give. Rejects if another cannot be read, or on abort. */
export async function filesOf(items: readonly Media[], signal: AbortSignal): Promise<File[]> {
  const files: File[] = [];
  // One after the other: a phone that reads twenty photos at once has no memory for them.
  for (const { file, name, mime } of items) {
    const response = await fetch(file, { credentials: credentials(), signal });
    if (response.status === 404) continue;
    if (!response.ok) throw new Error(String(response.status));
    files.push(new File([await response.blob()], name, { type: mime ?? '' }));
  }
  return files;
}

/** Opens the share sheet. `false`: the browser wants another tap for it. */
export async function share(files: readonly File[]): Promise<boolean> {
  try {
    await navigator.share({ files: [...files] });
    return true;
  } catch (error) {
    // Who closes the sheet has had it.
    return error instanceof DOMException && error.name === 'AbortError';
  }
}
