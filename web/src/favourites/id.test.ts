import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { idOf, sha256 } from './id.ts';

describe('sha256', () => {
  it('is that of another implementation, for all lengths around a block', () => {
    for (const length of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000]) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 31) & 255);
      const hex = [...sha256(bytes)].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
      expect(hex).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
  });
});

describe('an id', () => {
  it('is the beginning of the digest of the key, in base64url', () => {
    for (const key of ['a.jpg', '2024/Müller & Söhne.jpg', '新年 🎉.mp4', '']) {
      expect(idOf(key)).toBe(createHash('sha256').update(key).digest('base64url').slice(0, 6));
    }
  });
});
