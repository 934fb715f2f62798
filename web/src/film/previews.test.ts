import { expect, it } from 'vitest';
import { parsePreviews, previewAt } from './previews.ts';

const text = `WEBVTT

00:00:00.000 --> 00:00:02.000
previews-1.webp#xywh=0,0,160,90

2
01:00:02.000 --> 01:00:04.000
previews-2.webp#xywh=160,90,160,90
`;
const from = 'https://gallery/api/hls/a%20b.mp4/previews.vtt?v=1';

it('reads cues, with names beside the file and its version', () => {
  expect(parsePreviews(text.replaceAll('\n', '\r\n'), from)).toEqual([
    { start: 0, end: 2, url: 'https://gallery/api/hls/a%20b.mp4/previews-1.webp?v=1', x: 0, y: 0, width: 160, height: 90 },
    { start: 3602, end: 3604, url: 'https://gallery/api/hls/a%20b.mp4/previews-2.webp?v=1', x: 160, y: 90, width: 160, height: 90 },
  ]);
  expect(parsePreviews('no cues', from)).toEqual([]);
});

it('finds the picture of a moment', () => {
  const previews = parsePreviews(text, from);
  expect(previewAt(previews, 1.9)?.start).toBe(0);
  expect(previewAt(previews, 3603)?.start).toBe(3602);
  expect(previewAt(previews, 9999)?.start).toBe(3602);
  expect(previewAt(previews, 100)).toBeUndefined();
  expect(previewAt([], 1)).toBeUndefined();
});
