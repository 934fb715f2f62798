/**
 * The locale of the words in use, for `Intl`: dates, numbers and plurals are always in the language of the words.
 * The words themselves are in `words.ts`.
 */
let current = 'en';
let rules = new Intl.PluralRules(current);
let numbers = new Intl.NumberFormat(current);

/** A BCP 47 tag, as `de-CH`. Nothing may be kept under another one. */
export const locale = (): string => current;

export function setLocale(tag: string): void {
  current = tag;
  rules = new Intl.PluralRules(tag);
  numbers = new Intl.NumberFormat(tag);
}

export const number = (value: number): string => numbers.format(value);

/** The forms of one phrase by the categories of CLDR. `#` stands for the number. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

/** The form that fits a number, with the number in it. */
export const counted = (value: number, forms: Forms): string =>
  (forms[rules.select(value)] ?? forms.other).replace('#', number(value));
