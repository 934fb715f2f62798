import { describe, expect, it } from 'vitest';
import { placeholder } from './thumbhash.ts';

describe('placeholder', () => {
  it('draws a hash', () => {
    expect(placeholder('1QcSHQRnh493V4dIh4eXh1h4kJUI')).toMatch(/^url\(data:image\/png;base64,/);
  });
  it.each([null, '', 'x', '%', 'é', 'AAAA'])('draws nothing for %j, or something that is no error', (hash) => {
    expect(placeholder(hash)).toMatch(/^(url\(data:.*\))?$/);
  });
});
