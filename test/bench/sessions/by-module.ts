/** Where does a server's time go? Each sample of a CPU profile counts for the module whose code ran. */

/** As `Profiler.stop` of the inspector returns it. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string }; children?: number[] }[];
  samples: number[];
  /** Microseconds before each sample. */
  timeDeltas: number[];
}

/** Microseconds per module, the most first; without the time in which the process had nothing to do. */
export function timeByModule({ nodes, samples, timeDeltas }: CpuProfile): Map<string, number> {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  /** What has no file, such as JSON.stringify, counts for its caller. */
  function moduleOf(id: number): string {
    const frame = byId.get(id)?.callFrame;
    if (frame?.url) return nameOf(frame.url);
    const parent = parents.get(id);
    const isOutermost = parent === undefined || !parents.has(parent);
    return isOutermost ? (frame?.functionName ?? '(unknown)') : moduleOf(parent);
  }
  const modules = new Map(nodes.map(({ id }) => [id, moduleOf(id)]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const name = modules.get(id) ?? '(unknown)';
    if (name !== '(idle)') times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return new Map([...times].sort(([, a], [, b]) => b - a));
}

/** A package, a file of the project, or a part of Node. */
function nameOf(url: string): string {
  if (url.startsWith('node:')) return url.replace(/^node:(internal\/[^/]*|[^/]*).*$/, 'node:$1');
  const inPackages = url.split('/node_modules/').at(-1) ?? '';
  if (inPackages !== url) return inPackages.match(/^(@[^/]+\/)?[^/]+/)?.[0] ?? inPackages;
  return url.replace(/^.*\/(dist\/src|test\/bench)\//, '');
}
