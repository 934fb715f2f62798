import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'vite';
import { describe, expect, it } from 'vitest';

type Graph = ReadonlyMap<string, readonly string[]>;

/** The files that a file imports by relative paths. Types, re-exports and `import()` count too. */
function imported(name: string, text: string): string[] {
  const { module } = parseSync(name, text);
  const unquoted = ({ start, end }: { start: number; end: number }) => text.slice(start + 1, end - 1);
  const exported = module.staticExports.flatMap(({ entries }) => entries.flatMap((entry) => entry.moduleRequest ?? []));
  const requests = [...module.staticImports, ...module.dynamicImports].map((found) => found.moduleRequest);
  const paths = [...requests, ...exported].map(unquoted).filter((path) => path.startsWith('.'));
  return [...new Set(paths)].map((path) => join(dirname(name), path));
}

/** The circles of imports that a search from each file finds, as `a > b > a`. */
function circles(graph: Graph): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (name: string, way: readonly string[]): void => {
    const met = way.indexOf(name);
    if (met >= 0) found.push([...way.slice(met), name].join(' > '));
    if (met >= 0 || done.has(name)) return;
    for (const next of graph.get(name) ?? []) visit(next, [...way, name]);
    done.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
  return found;
}

const graphOf = (files: readonly (readonly [string, string])[]): Graph =>
  new Map(files.map(([name, text]) => [name, imported(name, text)]));

describe('imports', () => {
  it('go in no circle', () => {
    const names = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
    const sources = names.filter((name) => /\.tsx?$/.test(name));
    expect(sources.length).toBeGreaterThan(20);
    const graph = graphOf(sources.map((name) => [name, readFileSync(join(import.meta.dirname, name), 'utf8')]));
    expect(circles(graph)).toEqual([]);
  });

  it.each([
    "import { b } from './b.ts';",
    "import type { B } from './b.ts';",
    "import './b.ts';",
    "export * from './b.ts';",
    "export { b } from './b.ts';",
    "const { b } = await import('./b.ts');",
  ])('by %s would', (text) => {
    const others = [['x/b.ts', "import { c } from '../c.ts';"], ['c.ts', "import './x/a.ts'; import 'x';"]] as const;
    expect(circles(graphOf([['x/a.ts', text], ...others]))).toEqual(['x/a.ts > x/b.ts > c.ts > x/a.ts']);
  });

  it('may meet again', () => {
    const graph = graphOf([['a.ts', "import './b.ts'; import './c.ts';"], ['b.ts', "import './c.ts';"], ['c.ts', '']]);
    expect(circles(graph)).toEqual([]);
  });
});
