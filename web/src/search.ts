/** The first index below `length` from which on `holds` is true, or `length`. Before it, `holds` is false throughout. */
export function first(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
