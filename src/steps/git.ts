import { type Outcome, runProgram } from './program.ts';
import type { StepResult, StepWorld } from './step.ts';

/** Creates a repository with the generated files as its first commit, so that later changes are easy to see. */
export async function git(directory: string, world: StepWorld): Promise<StepResult> {
  // One language, because a reason is told by its words.
  const around = { ...world, env: { ...world.env, LC_ALL: 'C' } };
  const run = (...args: string[]): Promise<Outcome> =>
    runProgram('git', [...SETTINGS, ...args], directory, around);

  const outside = await run('rev-parse', '--is-inside-work-tree');
  const reason = reasonAgainst(outside);
  if (reason) return skipped(reason);

  const init = await run('init', '--quiet');
  if (!init.ok) return failed('git init', init);
  // Otherwise git would derive an author from the user and host name.
  const identity = await run('-c', 'user.useConfigOnly=true', 'var', 'GIT_AUTHOR_IDENT');
  if (!identity.ok)
    return skipped(
      `git does not know your name and email. Set them, then run: ${COMMIT_BY_HAND}`,
      'repository created, first commit ',
    );

  const add = await run('add', '--all');
  if (!add.ok) return failed('git add', add);
  // Signing may ask for a passphrase, which nobody could enter here.
  const commit = await run(
    '-c',
    'commit.gpgsign=false',
    'commit',
    '--quiet',
    '--message',
    'Start from create-secure-session-app',
  );
  return commit.ok
    ? { step: 'git', status: 'done', note: 'repository with a first commit' }
    : failed('git commit', commit);
}

// --- internal ---

/** Settings of the user that would stop `git add` over line ends, or leave files of the project out of the commit. */
const SETTINGS = ['-c', 'core.safecrlf=false', '-c', 'core.excludesFile='];

/** A repository inside a repository hides the project from the outer one, whoever owns that. */
function reasonAgainst(outside: Outcome): string | undefined {
  if (outside.ok)
    return outside.output === 'true'
      ? 'the project is already inside a git work tree'
      : 'the project is inside a repository without a work tree';
  if (outside.isMissing) return 'git is not installed';
  const [said = ''] = outside.output.split('\n');
  return said.includes('not a git repository') ? undefined : `git says "${said}"`;
}

const COMMIT_BY_HAND = 'git add --all && git commit -m "First commit"';

const skipped = (reason: string, before = ''): StepResult => ({
  step: 'git',
  status: 'skipped',
  note: `${before}skipped: ${reason}`,
});

function failed(command: string, { output }: Outcome): StepResult {
  const reason = output.trim().split('\n').pop() ?? '';
  return {
    step: 'git',
    status: 'failed',
    note: `${command} failed: ${reason}`,
    finish: `git init && ${COMMIT_BY_HAND}`,
  };
}
