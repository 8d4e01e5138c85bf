import { overlaysFrom } from '../../../src/build/pack-overlays.ts';
import { readOverlays } from '../../../src/build/read-overlays.ts';
import type { PlannedFile } from '../../../src/plan/planned-file.ts';
import { completeProject } from '../../../src/plan/project.ts';
import { type Requirement, requirementsOf } from '../../../src/plan/requirements.ts';
import { answersOf } from '../../support/answers.ts';
import type { Contents } from '../mutant.ts';

const overlays = overlaysFrom(readOverlays('templates'));

export interface Project {
  /** Secrets and certificates too. */
  files: readonly PlannedFile[];
  contents: Contents;
  requirements: readonly Requirement[];
}

/** What the generator makes of these flags, in memory. */
export async function render(flags: readonly string[]): Promise<Project> {
  const answers = await answersOf('my-app', '--no-install', '--no-git', ...flags);
  const { files } = completeProject(answers, overlays);
  const contents = new Map(files.map(({ path, contents }) => [path, contents]));
  return { files, contents, requirements: requirementsOf(answers, overlays) };
}
