import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tenAtOnce } from '../support/interrupted.ts';
import { BIN } from '../support/program.ts';
import { expectComplete } from '../support/robustness-check.ts';
import { temporaryDirectory } from '../support/temporary.ts';

describe('ten runs at once', () => {
  it.each([
    ['for a new target', [], false],
    ['into an existing folder', [], true],
    ['for a new target that may hold files', ['--on-conflict', 'merge'], false],
    ['into an existing folder that may hold files', ['--on-conflict', 'merge'], true],
  ])('%s: exactly one does it, and installs', { timeout: 60_000 }, async (_what, flags, exists) => {
    const cwd = temporaryDirectory();
    if (exists) mkdirSync(join(cwd, 'my-app'));
    const runs = await tenAtOnce(BIN, cwd, ['my-app', ...flags, '--no-git']);
    expect(runs.map(({ code }) => code).sort()).toEqual([0, 3, 3, 3, 3, 3, 3, 3, 3, 3]);
    for (const { code, stderr } of runs) if (code === 3) expect(stderr).toContain('Choose another directory');
    expectComplete(cwd, 'my-app');
  });
});
