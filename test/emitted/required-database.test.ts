import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emit } from './support/emit.ts';
import { runSuite } from './support/scripts.ts';

/** What the suite of a project does where there is no database, with Redis for example: nothing but Node is on the PATH. */

let directory: string;
let nodeAlone: string;
beforeAll(async () => {
  directory = await emit('my-app', ['--store', 'redis'], 'without-database');
  nodeAlone = mkdtempSync(join(tmpdir(), 'node-alone-'));
  symlinkSync(process.execPath, join(nodeAlone, 'node'));
});
afterAll(() => rmSync(nodeAlone, { recursive: true, force: true }));

const FILES = ['test/login.test.ts', 'test/database-failure.test.ts'];

it('runs on records in memory, says so, and skips what is about the database', {
  timeout: 120_000,
}, async () => {
  const { code, output, report } = await runSuite(
    directory,
    { PATH: nodeAlone, REQUIRE_DATABASE: '' },
    FILES,
  );
  expect(code, output).toBe(0);
  expect(output).toContain('There is no database to test on');
  expect(report.passed).toBeGreaterThan(20);
  expect(report.skipped).toBeGreaterThan(0);
});

it('fails with REQUIRE_DATABASE=1', { timeout: 120_000 }, async () => {
  const { code, output, report } = await runSuite(
    directory,
    { PATH: nodeAlone, REQUIRE_DATABASE: '1' },
    FILES,
  );
  expect(code).not.toBe(0);
  expect(output).toContain('No Redis found');
  expect(report.passed).toBe(0);
});
