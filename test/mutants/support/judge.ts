import { type Contents, type Mutant, mutate } from '../mutant.ts';

import type { Job } from './job.ts';
import { isNamed, type NamedTest, testsOf } from './named-tests.ts';
import type { Outcome, Run, Verdict } from './outcome.ts';
import type { Project } from './render.ts';

/** Runs the tests of the mutant's requirement, and the whole suite only if those stay green. */
export async function judge(mutant: Mutant, project: Project, job: Job, isQuick: boolean): Promise<Outcome> {
  const start = performance.now();
  const { id, requirement, what, file } = mutant;
  const outcome = (verdict: Verdict, by: string, message = ''): Outcome => {
    const seconds = (performance.now() - start) / 1000;
    return { id, requirement, what, verdict, by, message, seconds };
  };
  if (mutant.equivalent) return outcome('equivalent', mutant.equivalent);
  const text = mutate(project.contents, mutant);
  const named = testsOf(requirement, project.requirements).filter((test) => isThere(test, project.contents));
  const kills = (test: string) => named.some((one) => isNamed(one, test));
  let verdict = outcome('not counted', 'no test ran');
  try {
    await job.runWith(file, text, async (run) => {
      const accidents: string[] = [];
      for (const { files, only } of stepsOf(mutant, named, project.contents, isQuick)) {
        const result = await run({
          files,
          ...(only && { names: only.map(({ pattern }) => pattern).join('|') }),
          until: only ? untilOf(only) : '.',
        });
        const found = read(result, kills);
        if (found) {
          verdict = outcome(found.verdict, found.by, found.message);
          return;
        }
        accidents.push(
          ...result.failures.map(({ test, message }) => `${test}: ${message}`),
          ...result.accidents,
        );
      }
      const [first] = accidents;
      verdict = first ? outcome('not counted', first) : outcome('survived', '');
    });
  } catch (error) {
    return outcome('not counted', String(error));
  }
  return verdict;
}

// --- internal ---

/** The verdict that a run gives; null when nothing failed by an assertion. */
function read(
  { failures }: Run,
  kills: (test: string) => boolean,
): Pick<Outcome, 'verdict' | 'by' | 'message'> | null {
  const byAssertion = failures.filter(({ isAssertion }) => isAssertion);
  const failure = byAssertion.find(({ test }) => kills(test));
  if (failure) return { verdict: 'killed', by: failure.test, message: failure.message };
  const [other] = byAssertion;
  return other ? { verdict: 'elsewhere', by: other.test, message: other.message } : null;
}

interface Step {
  /** In test/. Empty: all. */
  files: string[];
  /** Without it, all tests of the files. */
  only?: readonly NamedTest[];
}

/** The likeliest named tests, then all of them, then all tests of those files, then the whole suite. */
function stepsOf(
  { tests = [] }: Mutant,
  named: readonly NamedTest[],
  contents: Contents,
  isQuick: boolean,
): Step[] {
  const isLikely = ({ file }: NamedTest) => tests.includes(file);
  const [likely, others] = [named.filter(isLikely), named.filter((test) => !isLikely(test))];
  const near = [...tests, ...filesOf(named)].filter((file) => contents.has(`test/${file}`));
  return [
    ...[likely, others].filter((only) => only.length > 0).map((only) => ({ files: filesOf(only), only })),
    { files: [...new Set(near)] },
    ...(isQuick ? [] : [{ files: [] }]),
  ];
}

const filesOf = (tests: readonly NamedTest[]): string[] => [...new Set(tests.map(({ file }) => file))];

const isThere = ({ file }: NamedTest, contents: Contents): boolean => contents.has(`test/${file}`);

/** Over the name as jobs report it. */
const untilOf = (named: readonly NamedTest[]): string =>
  named
    .map(
      ({ file, pattern }) =>
        `^${file.replaceAll('.', '\\.')} > ${pattern.slice(1).replaceAll(' ', ' (?:> )?')}`,
    )
    .join('|') || '^$';
