import { describe, expect, it } from 'vitest';
import { emit } from '../emitted/support/emit.ts';
import { runScript, runSuite } from '../emitted/support/scripts.ts';
import { CHANGES } from './changes.ts';
import { Edits } from './edits.ts';

/**
 * A project belongs to its owner: a change made as the README says breaks no test but those that pin what changed, and
 * a mistake in it is noticed by the project's own suite. Run by `npm run test:owner`, which prints what each touched.
 */

const MINUTES = 60_000;
const rows = CHANGES.flatMap(({ name, flags = [], make, mistakes }) => [
  { title: name, flags, make, isRight: true },
  ...Object.entries(mistakes).map(([mistake, wrong]) => ({
    title: `${name}, ${mistake}`,
    flags,
    make: wrong,
    isRight: false,
  })),
]);

describe('an owner adds', { timeout: 5 * MINUTES }, () => {
  it.each(rows.map((row) => [row.title, row] as const))('%s', async (title, { flags, make, isRight }) => {
    const directory = await emit('my-app', [...flags], title.replace(/\W+/g, '-'));
    const edits = new Edits(directory);
    make(edits);
    await runScript(directory, 'format'); // sorts imports too
    const check = await runScript(directory, 'check');
    if (isRight) expect(check.code, check.output).toBe(0);
    const { code, report, output } = await runSuite(directory);
    // What the owner wrote may notice the mistake too, but it is the project's own tests that have to.
    const noticedBy = report.tests.filter(
      ({ status, file }) => status === 'failed' && !edits.touched.has(file),
    );
    const named = noticedBy.map(({ file, fullName }) => `\n  ${file}: ${fullName}`).join('');
    process.stdout.write(
      `owner: ${title}: touched ${edits.touched.size} files (${[...edits.touched].join(', ')}); ${report.passed} passed, ${report.failed} failed${named}\n`,
    );
    if (isRight) expect(code, output).toBe(0);
    else expect(noticedBy, output).not.toEqual([]);
  });
});
