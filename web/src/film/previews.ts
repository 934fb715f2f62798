/** The pictures that a viewer sees while seeking: parts of sheets, as a WebVTT file names them. */
export interface Preview {
  readonly start: number;
  readonly end: number;
  readonly url: string;
  /** The part of the sheet, in its pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const CUE = /((?:\d+:)?\d\d:\d\d\.\d{3})\s+-->\s+((?:\d+:)?\d\d:\d\d\.\d{3})[^\n]*\n([^\s#]+)#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)/g;

const seconds = (time: string): number => time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

/** `from` is the URL of the file. The names in it count from there, and its query holds the film's version. */
export function parsePreviews(text: string, from: string): Preview[] {
  return [...text.replaceAll('\r\n', '\n').matchAll(CUE)].map(([, start = '', end = '', name = '', ...area]) => {
    const url = new URL(name, from);
    if (url.search === '') url.search = new URL(from).search;
    const [x = 0, y = 0, width = 0, height = 0] = area.map(Number);
    return { start: seconds(start), end: seconds(end), url: url.href, x, y, width, height };
  });
}

/** The preview of a moment. The list is in order. */
export function previewAt(previews: readonly Preview[], time: number): Preview | undefined {
  let [low, high] = [0, previews.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((previews[middle]?.end ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  // The last one stands for the rest.
  const found = previews[low] ?? previews.at(-1);
  return found && found.start <= time ? found : undefined;
}

export async function loadPreviews(url: string): Promise<Preview[]> {
  const response = await fetch(url, { credentials: 'same-origin' });
  return response.ok ? parsePreviews(await response.text(), url) : [];
}
