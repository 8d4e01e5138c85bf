import { type Outcome, runProgram } from './program.ts';
import type { StepResult, StepWorld } from './step.ts';

/** A repository with the generated files as its first commit, so that every later change can be told from them. */
export async function git(directory: string, world: StepWorld): Promise<StepResult> {
  const run = (...args: string[]): Promise<Outcome> => runProgram('git', args, directory, world);

  const insideWorkTree = await run('rev-parse', '--is-inside-work-tree');
  if (!insideWorkTree.ok && insideWorkTree.isMissing) return skipped('git is not installed');
  // A repository inside a repository hides the project from the outer one.
  if (insideWorkTree.ok) return skipped('the project is inside a git work tree already');

  const init = await run('init', '--quiet');
  if (!init.ok) return failed('git init', init);
  // Otherwise git would invent an author from the names of the user and the machine.
  const identity = await run('-c', 'user.useConfigOnly=true', 'var', 'GIT_AUTHOR_IDENT');
  if (!identity.ok)
    return skipped(
      `the first commit: git does not know your name and email; then ${COMMIT_BY_HAND}`,
      'repository made; ',
    );

  const add = await run('add', '--all');
  if (!add.ok) return failed('git add', add);
  // A signature may ask for a passphrase, and there is nobody to answer.
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

const COMMIT_BY_HAND = 'git add --all && git commit -m "First commit"';

const skipped = (reason: string, before = ''): StepResult => ({
  step: 'git',
  status: 'skipped',
  note: `${before}skipped ${reason}`,
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
