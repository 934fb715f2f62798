/** The timeline tells the shape of each item in one character: steps of a logarithm, with the square in the middle. */
const FIRST = 35;
/** A backslash would need two characters in JSON, so it is left out. */
const LEFT_OUT = 92;
const STEPS = 90;
/** The widest and the narrowest shape are 2 to the power of 2 and of -2. */
const OCTAVES = 4;

/** Width / height of an item. An unknown character is a square. */
export function ratioAt(ratios: string, index: number): number {
  const code = ratios.charCodeAt(index);
  const step = code - FIRST - (code > LEFT_OUT ? 1 : 0);
  return step >= 0 && step <= STEPS ? 2 ** (((step - STEPS / 2) * OCTAVES) / STEPS) : 1;
}
