import { describe, expect, it } from 'vitest';
import { bytes, cameraName, clock, dayName, exposureName, fullDate, monthName, monthsName, shortDay, whenTaken } from './format.ts';

describe('dates', () => {
  it('are the digits, in whatever zone the viewer is', () => {
    expect(monthName('2024-06-30T23:59:59', 'en-GB')).toBe('June 2024');
    expect(dayName('2024-06-15T00:00:00', 'en-GB')).toBe('Sat 15 June');
    expect(shortDay('2024-06-15T23:59:59Z', 'en-GB')).toBe('15 Jun');
    expect(fullDate('2024-06-15T14:03:22', 'en-GB')).toBe('15 June 2024 at 14:03');
    expect(fullDate('2024-06-15T14:03:22.100-05:00', 'en-GB')).toBe('15 June 2024 at 14:03');
  });

  it('may have no time', () => {
    expect(fullDate('2024-06-15', 'en-GB')).toBe('15 June 2024');
    expect(monthName('2024-06-15', 'en-GB')).toBe('June 2024');
    expect(dayName('2024-06-01', 'en-GB')).toBe('Sat 1 June');
  });
});

describe('the calendar', () => {
  it('is that of the files, also where browsers write by another one, as older ones do in Saudi Arabia', () => {
    const tag = 'en-SA-u-ca-islamic-umalqura';
    for (const name of [monthName, fullDate]) expect(name('2024-06-15', tag)).toMatch(/June.*2024/);
    expect(monthsName('2024-06-15', '2024-03-01', tag)).toMatch(/^March.*June 2024$/);
  });
});

describe('monthsName', () => {
  it('names neighbouring months in the order of time', () => {
    expect(monthsName('2024-06-30', '2024-06-01', 'en-GB')).toBe('June 2024');
    expect(monthsName('2024-06-30', '2024-03-01', 'en-GB')).toMatch(/^March\s?–\s?June 2024$/);
    expect(monthsName('2024-01-31', '2023-12-31', 'en-GB')).toMatch(/^December 2023\s?–\s?January 2024$/);
  });
});

describe('whenTaken', () => {
  const when = (source: string | null, guess: boolean, dateTaken: string | null = '2024-06-15T14:03:22') =>
    whenTaken({ dateTaken, taken: { day: '2024-06-16', source, guess } }, 'en-GB');

  it('is the wall clock where the date is known', () => {
    expect(when('exif', false)).toBe('15 June 2024 at 14:03');
    expect(when('exif', false, '2024-06-15')).toBe('15 June 2024');
    expect(when(null, false)).toBe('15 June 2024 at 14:03');
    expect(whenTaken({ dateTaken: '2024-06-15T14:03:22', taken: null }, 'en-GB')).toBe('15 June 2024 at 14:03');
  });

  it('calls a guess a guess, and tells no time', () => {
    expect(when('name', true)).toBe("15 June 2024 (from the file's name)");
    expect(when('file', true)).toBe("15 June 2024 (from the file's time)");
    expect(when('else', true, '2024-06-15')).toBe('15 June 2024 (a guess)');
  });

  it('does not take the moment of ingest, or of the upload, for a date', () => {
    expect(when('ingest', true)).toBe('Date unknown');
    expect(when('ingest', true, null)).toBe('Date unknown');
    expect(whenTaken({ dateTaken: null, taken: null }, 'en-GB')).toBe('Date unknown');
  });
});

describe('clock', () => {
  it.each([
    [0, '0:00'],
    [6.6, '0:07'],
    [59.6, '1:00'],
    [725, '12:05'],
    [3723, '1:02:03'],
  ])('%d s is %s', (seconds, text) => expect(clock(seconds)).toBe(text));
});

describe('bytes', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [3_440_000, '3.4 MB'],
    [9_960_000, '10 MB'],
    [999_600, '1 MB'],
    [5_000_000_000, '5 GB'],
  ])('%d is %s', (size, text) => expect(bytes(size, 'en')).toBe(text));
});

describe('exposureName', () => {
  const nothing = { lens: null, focalLength: null, aperture: null, shutterSpeed: null, iso: null };
  it.each([
    [{ focalLength: 23, aperture: 2, shutterSpeed: '1/250', iso: 200 }, '23 mm, f/2, 1/250 s, ISO 200'],
    [{ focalLength: 4.245, aperture: 1.7799999713897705 }, '4.2 mm, f/1.8'],
    [{ lens: 'A lens' }, ''],
  ])('says what is known: %j', (known, text) => expect(exposureName({ ...nothing, ...known })).toBe(text));
});

describe('cameraName', () => {
  it('names the maker once', () => {
    expect(cameraName({ make: 'Canon', model: 'Canon EOS R5' })).toBe('Canon EOS R5');
    expect(cameraName({ make: 'NIKON CORPORATION', model: 'NIKON Z 6' })).toBe('NIKON Z 6');
    expect(cameraName({ make: 'FUJIFILM', model: 'X-T4' })).toBe('FUJIFILM X-T4');
    expect(cameraName({ make: null, model: 'X-T4' })).toBe('X-T4');
    expect(cameraName({ make: ' ', model: null })).toBeNull();
    expect(cameraName(null)).toBeNull();
  });
});
