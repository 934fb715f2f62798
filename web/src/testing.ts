import type { Media, Timeline } from './api/types.ts';

/** An item for tests. `given` replaces the defaults. */
export function media(given: Partial<Media> = {}): Media {
  return {
    key: 'a.jpg',
    name: 'a.jpg',
    type: 'image',
    mime: 'image/jpeg',
    size: 1,
    uploadedAt: '2026-01-02T03:04:05Z',
    dateTaken: '2024-06-15T14:03:22',
    taken: null,
    camera: null,
    width: 3,
    height: 2,
    duration: null,
    file: '/api/file/a.jpg',
    thumbnails: { small: null, medium: null, large: null, screen: null },
    displayable: null,
    thumbhash: null,
    clip: null,
    hls: null,
    playback: null,
    ...given,
  };
}

/** The timeline of a view with these blocks. All items are squares of one day. */
export function timeline(blocks: readonly (readonly [string, number])[], given: Partial<Timeline> = {}): Timeline {
  const count = blocks.reduce((total, [, size]) => total + size, 0);
  return {
    originals: true,
    download: true,
    version: '0123456789abcdef',
    title: null,
    subtitle: null,
    cover: null,
    views: [],
    view: 'everything',
    count,
    days: [{ date: '2024-06-15', count }],
    ratios: 'P'.repeat(count),
    blocks: blocks.map(([name, size]) => ({ name, count: size })),
    ...given,
  };
}
