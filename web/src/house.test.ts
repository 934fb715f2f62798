import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.ts$/.test(name))
  .map((name) => [name, readFileSync(join(root, 'src', name), 'utf8')] as const);

/** Rules that the compiler cannot check. */
describe('the page', () => {
  it('is there to be read', () => expect(sources.length).toBeGreaterThan(20));

  it.each([
    ['parses HTML from strings', /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser/],
    ['sets style attributes, which the content security policy blocks', /setAttribute\(\s*['"]style|\bstyle:\s*[`'"]|cssText/],
    ['runs strings', /\beval\(|new Function\(/],
    ['escapes the type checker', /:\s*any\b|as any\b|@ts-ignore|@ts-expect-error|as unknown as/],
    ['reads cookies', /document\.cookie/],
    ['writes to the console', /console\./],
  ])('nowhere %s', (_, pattern) => {
    expect(sources.filter(([, text]) => pattern.test(text)).map(([name]) => name)).toEqual([]);
  });

  it('keeps nothing but where films were left and that somebody was let in, until the logout, favourites and the language', () => {
    const keeping = sources.filter(([, text]) => /localStorage|sessionStorage|indexedDB/.test(text));
    expect(keeping.map(([name]) => name).sort()).toEqual(['favourites/kept.ts', 'film/kept.ts', 'login/signed-in.ts', 'words/kept.ts']);
  });

  it.each(['index.html', '404.html'])('has no inline script or style in %s', (name) => {
    const html = readFileSync(join(root, name), 'utf8');
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
    expect(html.match(/https?:\/\//g)).toBeNull();
  });
});
