/**
 * Names another place in the address: as a step in the history, or instead of the present one. Safari refuses more than
 * a hundred of them in half a minute. The place is then named without its state, so that a button is never dead.
 */
export function go(how: 'pushState' | 'replaceState', state: object | null, hash: string): void {
  try {
    history[how](state, '', hash);
  } catch {
    if (how === 'pushState') location.hash = hash;
    else location.replace(hash);
  }
}
