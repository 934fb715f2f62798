import { thumbHashToDataURL } from 'thumbhash';

/** A blurred picture that stands for one that has not come yet, as a value for `background-image`. */
export function placeholder(thumbhash: string | null): string {
  if (thumbhash === null) return '';
  try {
    return `url(${thumbHashToDataURL(Uint8Array.from(atob(thumbhash), (character) => character.charCodeAt(0)))})`;
  } catch {
    // A row may hold anything.
    return '';
  }
}
