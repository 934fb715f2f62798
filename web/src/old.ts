/** What Safari 15 lacks of what the page uses. Newer browsers keep their own. */

function lacking(on: object, name: string, value: unknown): void {
  if (!(name in on)) Object.defineProperty(on, name, { value, writable: true, configurable: true });
}

// Safari 15.4 has the first three, and 16 the last.
lacking(Array.prototype, 'at', function at<T>(this: readonly T[], index: number): T | undefined {
  return this[index < 0 ? this.length + Math.trunc(index) : Math.trunc(index)];
});
lacking(Array.prototype, 'findLast', function findLast<T>(this: readonly T[], is: (value: T) => boolean): T | undefined {
  for (let at = this.length - 1; at >= 0; at -= 1) if (is(this[at] as T)) return this[at];
  return undefined;
});
lacking(Object, 'hasOwn', (on: object, name: PropertyKey) => Object.prototype.hasOwnProperty.call(on, name));
lacking(AbortSignal, 'timeout', (after: number) => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(new DOMException('', 'TimeoutError')), after);
  return stop.signal;
});
