import { describe, expect, it } from 'vitest';
import { languageFor, languageIn, localeOf } from './choice.ts';

describe('the language', () => {
  it('is that of a tag, whatever its region and case', () => {
    expect(['de', 'DE-ch', 'hi-Deva-IN', 'ar-EG'].map(languageIn)).toEqual(['de', 'de', 'hi', 'ar']);
    expect([null, '', 'fr', 'den', 'constructor', '*'].map(languageIn)).toEqual([null, null, null, null, null, null]);
  });

  it('is the first one for which the browser asks and that the page has', () => {
    expect(languageFor(['fr-FR', 'de-AT', 'en'])).toBe('de');
    expect(languageFor(['fr-FR', 'it'])).toBe('en');
    expect(languageFor([])).toBe('en');
  });
});

describe('the locale', () => {
  it('is the one for which the browser asks', () => {
    expect(localeOf('de', ['fr', 'de-CH', 'de-DE'])).toBe('de-CH');
    expect(localeOf('en', ['de-DE', 'en-US'])).toBe('en-US');
    expect(localeOf('ar', ['ar-EG'])).toBe('ar-EG');
  });

  it('is in the language of the words, and of the region of the viewer', () => {
    expect(localeOf('en', ['de-DE'])).toBe('en-DE');
    expect(localeOf('de', ['en-US'])).toBe('de');
    expect(localeOf('ar', ['en-AE'])).toBe('ar-AE');
  });

  it('puts the day before the month in regions that no browser pairs with English', () => {
    expect(localeOf('en', ['fr-SN'])).toBe('en-GB');
    expect(localeOf('en', ['en-XX', 'fa'])).toBe('en-GB');
  });

  it('is the language alone where the browser says nothing', () => {
    expect(localeOf('en', [])).toBe('en');
    expect(localeOf('hi', ['*', 'not a tag'])).toBe('hi');
  });
});
