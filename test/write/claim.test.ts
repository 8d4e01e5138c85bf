import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeProgram, INSTALLS } from '../support/fake-program.ts';
import { ended, startProgram } from '../support/program.ts';
import { expectComplete } from '../support/robustness-check.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Says that it is at work, and ends when the file `go` is there. */
const WAITING = (folder: string): string => `
  ${INSTALLS}
  const { appendFileSync, existsSync, watch } = require('node:fs');
  appendFileSync(${JSON.stringify(join(folder, 'installs'))}, '.');
  const watcher = watch(${JSON.stringify(folder)}, check);
  function check() { if (existsSync(${JSON.stringify(join(folder, 'go'))})) watcher.close(); }
  check();`;

describe('ten runs at once', () => {
  it.each([
    ['for a new target', [], false],
    ['into an existing folder', [], true],
    ['for a new target that may hold files', ['--on-conflict', 'merge'], false],
    ['into an existing folder that may hold files', ['--on-conflict', 'merge'], true],
  ])('%s: exactly one does it, and installs', { timeout: 60_000 }, async (_what, flags, exists) => {
    const [cwd, folder] = [temporaryDirectory(), temporaryDirectory()];
    if (exists) mkdirSync(join(cwd, 'my-app'));
    fakeProgram(folder, 'npm', WAITING(folder));
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const go = () => writeFileSync(join(folder, 'go'), '');
    onTestFinished(go);
    const codes: (number | null)[] = [];
    const runs = Array.from({ length: 10 }, async () => {
      const run = await ended(startProgram(['my-app', ...flags, '--no-git'], { cwd, env }));
      codes.push(run.code);
      if (codes.length === 9) go();
      return run;
    });
    const results = await Promise.all(runs);
    expect(codes.sort()).toEqual([0, 3, 3, 3, 3, 3, 3, 3, 3, 3]);
    for (const { code, stderr } of results)
      if (code === 3) expect(stderr).toMatch(/Choose another directory/);
    expectComplete(cwd, 'my-app');
  });
});
