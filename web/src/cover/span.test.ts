import { afterEach, describe, expect, it } from 'vitest';
import { setLocale } from '../words/locale.ts';
import { span } from './span.ts';

const days = (...dates: (string | null)[]) => dates.map((date) => ({ date, count: 1 }));
/** Ranges have thin spaces around their dash. */
const plain = (text: string | null) => text?.replace(/[\s\u2009\u202f]+/g, ' ') ?? null;

afterEach(() => setLocale('en'));

describe('the days of a gallery', () => {
  it('are those of its first and its last item, in whatever order', () => {
    expect(plain(span(days('2024-06-16', '2024-06-15', null, '2024-06-14')))).toBe('June 14 – 16, 2024');
    expect(plain(span(days('2024-06-15')))).toBe('June 15, 2024');
    expect(plain(span(days('2024-06-30', '2024-07-02')))).toBe('June 30 – July 2, 2024');
  });

  it('are months where they are many', () => {
    expect(plain(span(days('2019-03-01', '2024-07-02')))).toBe('March 2019 – July 2024');
  });

  it('are told in the language of the words', () => {
    setLocale('de');
    expect(plain(span(days('2024-06-14', '2024-06-16')))).toBe('14.–16. Juni 2024');
  });

  it('are of the calendar of the headings, also where another one is usual', () => {
    setLocale('en-SA-u-ca-islamic-umalqura');
    expect(span(days('2024-06-15'))).toMatch(/June.*2024/);
  });

  it('are not there without dates', () => {
    expect([span([]), span(days(null)), span(days('x'))]).toEqual([null, null, null]);
  });
});
