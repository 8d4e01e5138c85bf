import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { install } from '../../src/steps/install.ts';
import { fakeProgram } from '../support/fake-program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const { signal } = new AbortController();

const RECORD = "require('node:fs').writeFileSync('called.json', JSON.stringify(process.argv.slice(2)))";

describe('install', () => {
  it.each(['npm', 'pnpm', 'yarn', 'bun'] as const)(
    'calls %s install in the project',
    async (packageManager) => {
      const [folder, directory] = [temporaryDirectory(), temporaryDirectory()];
      fakeProgram(folder, packageManager, RECORD);
      const result = await install({ directory, packageManager }, { env: { PATH: folder }, signal });
      expect(result).toMatchObject({ status: 'done' });
      expect(JSON.parse(readFileSync(join(directory, 'called.json'), 'utf8'))).toEqual(['install']);
    },
  );

  it('says how to finish when it fails', async () => {
    const [folder, directory] = [temporaryDirectory(), temporaryDirectory()];
    fakeProgram(folder, 'npm', 'process.exit(7)');
    const result = await install({ directory, packageManager: 'npm' }, { env: { PATH: folder }, signal });
    expect(result).toEqual({
      step: 'install',
      status: 'failed',
      note: '"npm install" failed',
      finish: 'npm install',
    });
  });

  it('says so when the package manager is not there', async () => {
    const env = { PATH: temporaryDirectory() };
    const result = await install({ directory: temporaryDirectory(), packageManager: 'bun' }, { env, signal });
    expect(result).toMatchObject({ status: 'failed', note: 'bun is not installed', finish: 'bun install' });
  });
});
