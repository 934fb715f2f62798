import { expect, it } from 'vitest';
import { attached } from './attached.ts';

it('a file that is to be saved keeps the version in its address', () => {
  expect(attached('/api/file/a.jpg')).toBe('/api/file/a.jpg?download');
  expect(attached('https://x.example/api/file/a.jpg?v=1')).toBe('https://x.example/api/file/a.jpg?v=1&download');
});
