import { decide } from '../../src/ask/answers.ts';
import { readArgs } from '../../src/ask/args.ts';
import type { Answers } from '../../src/options/options.ts';
import type { PackageManager } from '../../src/options/package-manager.ts';

export const AROUND = { cwd: '/projects', packageManager: 'npm' } as const;

/** The answers a command line leads to, without a terminal. */
export const answersOf = (...argv: string[]): Promise<Answers> => answersBy('npm', ...argv);

/** The same, started by that package manager. */
export async function answersBy(packageManager: PackageManager, ...argv: string[]): Promise<Answers> {
  const { given } = readArgs(argv, AROUND.cwd);
  return (await decide(given, { ...AROUND, packageManager })).answers;
}
