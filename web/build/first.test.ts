import { describe, expect, it } from 'vitest';
import { first } from './first.ts';

/** Who imports whom. An `import()` does not count. */
const graph = (importers: Readonly<Record<string, readonly string[]>>) => ({
  getModuleInfo: (id: string) => ({ importers: importers[id] ?? [] }),
});

describe('what the page needs from the beginning', () => {
  it('is what main.ts imports, also by others', () => {
    const known = graph({ '/src/app.ts': ['/src/main.ts'], '/src/dom.ts': ['/src/late.ts', '/src/app.ts'] });
    expect(first('/src/main.ts', known)).toBe('main');
    expect(first('/src/dom.ts', known)).toBe('main');
  });

  it('is not what only later parts import, also in circles', () => {
    const known = graph({ '/src/a.ts': ['/src/late.ts', '/src/b.ts'], '/src/b.ts': ['/src/a.ts'] });
    expect(first('/src/a.ts', known)).toBeNull();
    expect(first('/src/late.ts', known)).toBeNull();
  });
});
