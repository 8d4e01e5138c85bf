import { generator } from '../../../src/generator.ts';
import { MANIFEST_PATH } from '../../../src/plan/manifest.ts';
import { unifiedDiff } from '../../../src/report/unified-diff.ts';
import { type Combination, combinations } from './combinations.ts';
import { filesOf } from './emit.ts';

/** One project that is kept: the text of each file, by its path. */
export interface KeptProject {
  name: string;
  texts: ReadonlyMap<string, string>;
}

/** Other choices on the first combination: only what they change is kept, as differences. */
const VARIANTS = [
  { choice: 'strict', flags: ['--policy', 'strict'] },
  { choice: 'no-pages', flags: ['--no-pages'] },
  { choice: 'proxy', flags: ['--tls', 'proxy', '--trust-proxy', '10.0.0.0/8'] },
  { choice: 'oidc', flags: ['--auth', 'oidc'] },
  { choice: 'docker-ci', flags: ['--docker', '--ci', 'github'] },
] as const;

/**
 * All projects, and what is kept of them: one text for all that share it, in a folder named after them (`shared`,
 * `koa`, `postgres`, `redis+mongo`, `koa-postgres`), so that the change of a template is read once. The manifest of a
 * project names that folder where it had the hash of a file.
 */
export async function snapshots(): Promise<{ projects: readonly KeptProject[]; kept: Map<string, string> }> {
  const rows = combinations();
  const emitted = await Promise.all(rows.map(async (row) => ({ ...row, texts: await textsOf(row.flags) })));
  const [first] = emitted;
  if (!first) throw new Error('there is no framework or no store');
  const variants = await Promise.all(
    VARIANTS.map(async ({ choice, flags }) => {
      return { name: `${first.name}-${choice}`, texts: await textsOf([...first.flags, ...flags]) };
    }),
  );

  const folderOf = (project: Emitted, path: string): string => {
    const text = project.texts.get(path);
    return folderFor(
      project,
      emitted.filter(({ texts }) => texts.get(path) === text),
      rows,
    );
  };
  const kept = new Map<string, string>();
  for (const project of emitted) keep(kept, project, (path) => folderOf(project, path));
  for (const variant of variants) {
    const isSame = (path: string) => variant.texts.get(path) === first.texts.get(path);
    keep(kept, variant, (path) => (isSame(path) ? folderOf(first, path) : variant.name), first.texts);
  }
  return { projects: [...emitted, ...variants], kept };
}

/** Where a text is kept: as templates are, without names that git and other tools would read. */
export const keptPath = (folder: string, path: string): string =>
  [folder, ...path.split('/')].map((segment) => segment.replace(/^\./, '_')).join('/');

// --- internal ---

type Emitted = Combination & KeptProject;

/** Names the version of the generator: a release changes it everywhere, and nothing else that is worth a review. */
const NAMES_VERSION = ['README.md', MANIFEST_PATH];

async function textsOf(flags: readonly string[]): Promise<Map<string, string>> {
  const files = await filesOf('my-app', flags);
  return new Map(
    files.map(({ path, contents }) => [
      path,
      NAMES_VERSION.includes(path) ? contents.replaceAll(generator.version, 'VERSION') : contents,
    ]),
  );
}

function keep(
  kept: Map<string, string>,
  { name, texts }: KeptProject,
  folderOf: (path: string) => string,
  original: ReadonlyMap<string, string> = new Map(),
): void {
  const manifest = JSON.parse(texts.get(MANIFEST_PATH) ?? '');
  for (const path of Object.keys(manifest.files)) {
    const folder = folderOf(path);
    manifest.files[path] = folder;
    const [text = '', before] = [texts.get(path), original.get(path)];
    if (folder !== name || before === undefined) kept.set(keptPath(folder, path), text);
    else kept.set(keptPath(folder, `${path}.diff`), `${unifiedDiff(before, text)}\n`);
  }
  kept.set(keptPath(name, MANIFEST_PATH), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** All frameworks or all stores need no name. What is shared in any other pattern is kept for each of its own. */
function folderFor(
  project: Combination,
  sharing: readonly Combination[],
  all: readonly Combination[],
): string {
  const names = (['framework', 'store'] as const).map((kind) => {
    const sharingNames = new Set(sharing.map((row) => row[kind]));
    const isAll = sharingNames.size === new Set(all.map((row) => row[kind])).size;
    return { count: sharingNames.size, name: isAll ? '' : [...sharingNames].join('+') };
  });
  if (names.reduce((product, { count }) => product * count, 1) !== sharing.length) return project.name;
  return (
    names
      .map(({ name }) => name)
      .filter(Boolean)
      .join('-') || 'shared'
  );
}
