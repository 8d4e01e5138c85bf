import { decide } from '../../src/answers.ts';
import { readArgs } from '../../src/args.ts';
import type { Answers } from '../../src/options.ts';

export const AROUND = { cwd: '/projects', packageManager: 'npm' } as const;

/** The answers a command line leads to, without a terminal. */
export async function answersOf(...argv: string[]): Promise<Answers> {
  const { given } = readArgs(argv, AROUND.cwd);
  return (await decide(given, AROUND)).answers;
}
