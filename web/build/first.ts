/** What `getModuleInfo` of Rolldown tells of a module. */
interface Graph {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null;
}

/** The modules with which a chunk begins, by the names of their chunks. What belongs to an earlier one stays there. */
const STARTS: readonly (readonly [name: string, start: RegExp])[] = [
  ['main', /\/src\/main\.ts$/],
  ['lightbox', /\/src\/lightbox\/lightbox\.ts$/],
];

/**
 * Names the chunk of what the page needs from the beginning: whatever `main.ts` imports, and what that imports. The
 * same goes for the lightbox. Parts that come later share much with both, for which each would otherwise get a chunk of
 * its own, as many more requests.
 */
export function first(id: string, graph: Graph): string | null {
  const begins = (module: string, start: RegExp, seen: Set<string>): boolean => {
    if (start.test(module)) return true;
    if (seen.has(module)) return false;
    seen.add(module);
    return graph.getModuleInfo(module)?.importers.some((importer) => begins(importer, start, seen)) ?? false;
  };
  return STARTS.find(([, start]) => begins(id, start, new Set()))?.[0] ?? null;
}

const only = (wanted: string) => (id: string, graph: Graph) => (first(id, graph) === wanted ? wanted : null);

/** A group takes what its modules import along with them, so that the first chunk must have its part before. */
export const groups = STARTS.map(([name], at) => ({ name: only(name), priority: STARTS.length - at }));
