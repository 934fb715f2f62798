import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { de } from './de.ts';
import { explained } from './problem.ts';
import { speak } from './words.ts';

const spoken = (language: string) => {
  const documentElement = {};
  vi.stubGlobal('document', { documentElement });
  vi.stubGlobal('location', { href: 'https://gallery.example/' });
  vi.stubGlobal('navigator', { languages: [language] });
  return new Promise<void>((done) => speak(done));
};

afterEach(async () => {
  await spoken('en');
  vi.unstubAllGlobals();
});

describe('what a refusal says', () => {
  it('is in English what the server says', async () => {
    await spoken('en');
    expect(explained(409, 'Some have no checksums.', '/problems#checksums-missing')).toBe('Some have no checksums.');
  });

  describe('in another language', () => {
    beforeEach(() => spoken('de'));
    const { ofType, ofStatus } = de.errors;

    it('is what its type means, and not what another one of its status means', () => {
      const ofStatusAndType = [[409, 'checksums-missing'], [409, 'too-much'], [404, 'nothing-to-download']] as const;
      for (const [status, name] of ofStatusAndType) {
        expect(explained(status, 'Some words.', `/problems#${name}`)).toBe(ofType[name]);
      }
      expect(ofType['checksums-missing']).not.toBe(ofType['too-much']);
    });

    it('is else what its status means', () => {
      for (const type of [null, 'about:blank', '/problems#news']) expect(explained(503, 'Busy.', type)).toBe(ofStatus[503]);
      expect(explained(409, 'Some words.')).toBe(de.errors.answered('409'));
    });
  });
});
