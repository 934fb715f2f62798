/** A key in a path or a fragment. Its slashes stay readable. */
export const keyPath = (key: string): string => key.split('/').map(encodeURIComponent).join('/');
