import { packOverlays } from '../../../src/build/pack-overlays.ts';
import { readOverlays } from '../../../src/build/read-overlays.ts';
import { unpack } from '../../../src/overlays.ts';
import { plan } from '../../../src/plan.ts';
import type { Requirement } from '../../../src/view.ts';
import { answersOf } from '../../support/answers.ts';
import type { Contents } from '../mutant.ts';

const overlays = unpack(packOverlays(readOverlays('templates')));

export interface Project {
  contents: Contents;
  requirements: readonly Requirement[];
}

/** What the generator makes of these flags, in memory. */
export async function render(flags: readonly string[]): Promise<Project> {
  const answers = await answersOf('my-app', '--no-install', '--no-git', ...flags);
  const { files, view } = plan(answers, overlays);
  return {
    contents: new Map(files.map(({ path, contents }) => [path, contents])),
    requirements: view.requirements,
  };
}
