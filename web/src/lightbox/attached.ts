/**
 * The address at which the server says that a file is to be saved. Browsers heed the attribute `download` only where a
 * link and what it leads to have the page's own origin.
 */
export const attached = (file: string): string => `${file}${file.includes('?') ? '&' : '?'}download`;
