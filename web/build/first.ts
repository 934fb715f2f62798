/** What `getModuleInfo` of Rolldown tells of a module. */
interface Graph {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null;
}

const START = /\/src\/main\.ts$/;

/**
 * Names the chunk of what the page needs from the beginning: whatever `main.ts` imports, and what that imports. Parts
 * that come later share much with it, for which each would otherwise get a chunk of its own, as many more requests.
 */
export function first(id: string, graph: Graph): string | null {
  const seen = new Set<string>();
  const begins = (module: string): boolean => {
    if (START.test(module)) return true;
    if (seen.has(module)) return false;
    seen.add(module);
    return graph.getModuleInfo(module)?.importers.some(begins) ?? false;
  };
  return begins(id) ? 'main' : null;
}
