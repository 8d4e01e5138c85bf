import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { MANIFEST_PATH } from '../../src/plan/manifest.ts';
import { unifiedDiff } from '../../src/report/unified-diff.ts';
import { listFiles } from '../support/temporary.ts';
import { write } from './support/emit.ts';
import { type KeptProject, keptPath, snapshots } from './support/snapshots.ts';

/**
 * What people receive, kept in snapshots/, so that whoever reviews a change to a template sees what it does to them.
 * `npm run snapshots` writes the folder anew; its difference belongs into the same commit.
 */

const FOLDER = resolve('test/emitted/snapshots');

/** One change that is everywhere fills no screen after the other. */
const MOST_DIFFS_SHOWN = 12;

let projects: readonly KeptProject[];
let kept: ReadonlyMap<string, string>;

beforeAll(async () => {
  ({ projects, kept } = await snapshots());
  if (process.env.MODE !== 'update-snapshots') return; // vitest --mode
  rmSync(FOLDER, { recursive: true, force: true });
  write(
    FOLDER,
    [...kept].map(([path, contents]) => ({ path, contents, mode: 0o644 })),
  );
});

describe('what people receive', () => {
  it('is what was reviewed', () => {
    const reviewed = new Map(
      listFiles(FOLDER).map((path) => [path, readFileSync(join(FOLDER, path), 'utf8')]),
    );
    const paths = [...new Set([...reviewed.keys(), ...kept.keys()])].sort();
    const changes = paths.flatMap((path) => changeOf(path, reviewed.get(path), kept.get(path)));
    if (changes.length === 0) return;
    expect.fail(
      [
        `Files that are not as reviewed: ${changes.length} (- reviewed, + now).`,
        'If that is what people shall receive: npm run snapshots, and commit test/emitted/snapshots with the change.',
        ...changes.slice(0, MOST_DIFFS_SHOWN).map(({ title, diff }) => `\n${title}\n${diff}`),
        ...changes.slice(MOST_DIFFS_SHOWN).map(({ title }) => title),
      ].join('\n'),
    );
  });

  it('can be put together from what is kept, by the manifest of each project', () => {
    for (const { name, texts } of projects) {
      const { files } = JSON.parse(kept.get(keptPath(name, MANIFEST_PATH)) ?? '');
      const paths = [...texts.keys()].filter((path) => path !== MANIFEST_PATH);
      expect(Object.keys(files), name).toEqual(paths);
      // A difference is kept from what another choice changes: test/report/unified-diff.test.ts proves that it applies.
      const whole = paths.filter((path) => !kept.has(keptPath(files[path], `${path}.diff`)));
      expect(whole.length, name).toBeGreaterThan(40);
      for (const path of whole)
        expect(kept.get(keptPath(files[path], path)), `${name}: ${path}`).toBe(texts.get(path));
    }
  });
});

// --- internal ---

function changeOf(path: string, reviewed: string | undefined, now: string | undefined) {
  if (reviewed === now) return [];
  const title = `test/emitted/snapshots/${path}`;
  if (reviewed === undefined) return [{ title: `${title} is new`, diff: '' }];
  if (now === undefined) return [{ title: `${title} is in no project any more`, diff: '' }];
  return [{ title, diff: unifiedDiff(reviewed, now) }];
}
