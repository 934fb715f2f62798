/** The language that was chosen on this device. It says nothing of the gallery, so that it outlives a logout. */
const NAME = 'language';

export function kept(): string | null {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null;
  }
}

/** `false` if the browser keeps nothing. */
export function keep(language: string): boolean {
  try {
    localStorage.setItem(NAME, language);
    return true;
  } catch {
    return false;
  }
}
