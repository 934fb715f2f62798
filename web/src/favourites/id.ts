/** Short names of items, for links. An id is the beginning of the SHA-256 of the item's key, in base64url. */

/** Characters of an id: 36 bits. Within a day, two items with the same id are not to be expected. */
export const LENGTH = 6;

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Whole numbers below 64 as characters of base64url, and back. */
export const digit = (value: number): string => DIGITS.charAt(value);
export const valueOf = (character: string): number => DIGITS.indexOf(character);

const known = new Map<string, string>();

export function idOf(key: string): string {
  let id = known.get(key);
  if (id === undefined) {
    const [first = 0, second = 0] = sha256(new TextEncoder().encode(key));
    const bits = [first >>> 26, first >>> 20, first >>> 14, first >>> 8, first >>> 2, (first << 4) | (second >>> 28)];
    id = bits.map((each) => digit(each & 63)).join('');
    known.set(key, id);
  }
  return id;
}

/** The bits of the fractional parts of roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3). */
function constants(count: number, root: number): Int32Array {
  const found = new Int32Array(count);
  for (let candidate = 2, at = 0; at < count; candidate += 1) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) prime &&= candidate % divisor !== 0;
    if (prime) found[at++] = ((candidate ** (1 / root)) % 1) * 2 ** 32;
  }
  return found;
}

let rounds: Int32Array | undefined;

/**
 * The eight words of the SHA-256 of some bytes (FIPS 180-4, 6.2). The browser's own answers later, and only on secure
 * origins. A tile wants to know at once.
 */
export function sha256(bytes: Uint8Array): Int32Array {
  rounds ??= constants(64, 3);
  const hash = constants(8, 2);
  const length = (((bytes.length + 8) >> 6) + 1) << 6;
  const padded = new DataView(new ArrayBuffer(length));
  bytes.forEach((byte, at) => padded.setUint8(at, byte));
  padded.setUint8(bytes.length, 0x80);
  padded.setUint32(length - 4, bytes.length * 8);
  const words = new Int32Array(64);
  const turn = (value: number, by: number) => (value >>> by) | (value << (32 - by));
  const word = (at: number) => words[at] ?? 0;
  for (let block = 0; block < length; block += 64) {
    for (let at = 0; at < 16; at += 1) words[at] = padded.getInt32(block + at * 4);
    for (let at = 16; at < 64; at += 1) {
      const [early, late] = [word(at - 15), word(at - 2)];
      const one = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
      const two = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
      words[at] = word(at - 16) + one + word(at - 7) + two;
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, last = 0] = hash;
    for (let at = 0; at < 64; at += 1) {
      const first = last + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + (rounds[at] ?? 0) + word(at);
      const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [last, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, last].forEach((value, at) => (hash[at] = (hash[at] ?? 0) + value));
  }
  return hash;
}
