/**
 * The locale of the words in use, for `Intl`: dates, numbers and plurals are always in the language of the words.
 * The words themselves are in `words.ts`.
 */
let current = 'en';
let rules = new Intl.PluralRules(current);
let formats = new Map<string, Intl.NumberFormat>();

/** A BCP 47 tag, as `de-CH`. Nothing may be kept under another one. */
export const locale = (): string => current;

export function setLocale(tag: string): void {
  current = tag;
  rules = new Intl.PluralRules(tag);
  formats = new Map();
}

/** A number by the locale of the words, or by another one. */
export function number(value: number, options: Intl.NumberFormatOptions = {}, tag = current): string {
  const id = `${tag} ${Object.entries(options).flat().join()}`;
  let format = formats.get(id);
  if (!format) formats.set(id, (format = new Intl.NumberFormat(tag, options)));
  return format.format(value);
}

/** Dates by the calendar of the files, by which months are grouped. Some regions are used to one with other months. */
export const dateFormat = (options: Intl.DateTimeFormatOptions, tag = current): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(tag, { ...options, calendar: 'gregory' });

/** A number without marks of thousands, as pixels and years have it. `digits` is how many there are at least. */
export const plain = (value: number, digits = 1, tag = current): string =>
  number(value, { useGrouping: false, minimumIntegerDigits: digits }, tag);

/** The forms of one phrase by the categories of CLDR. `#` stands for the number. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

/** The form that fits a number, with the number in it. */
export const counted = (value: number, forms: Forms): string =>
  (forms[rules.select(value)] ?? forms.other).replace('#', number(value));
