import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type * as built from '../src/library.ts';
import type * as published from '../src/library-types.d.cts';
import type { Answers } from '../src/options/options.ts';
import { runInProcess } from './support/in-process.ts';
import { listFiles, temporaryDirectory } from './support/temporary.ts';

// Checked by the compiler: what is published says what is there, and every answer is in it.
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const isPublishedAsBuilt: Same<typeof built.plan, typeof published.plan> = true;
const hasEveryAnswer: Same<keyof published.AnswersDocument, keyof Answers> = true;

const { plan, answersSchema } = createRequire(import.meta.url)(
  resolve('dist/library.cjs'),
) as typeof published;

describe('the library', () => {
  it('is typed as it is', () => {
    expect([isPublishedAsBuilt, hasEveryAnswer]).toEqual([true, true]);
  });

  it('plans the very files that the command line writes', async () => {
    const cwd = temporaryDirectory();
    const answers = { directory: 'my-app', store: 'redis', install: false, git: false } as const;
    const { files, command } = await plan(answers, { cwd });
    expect(listFiles(cwd)).toEqual([]);
    await runInProcess(['my-app', '--store', 'redis', '--no-install', '--no-git'], cwd);
    for (const { path, contents } of files)
      expect(readFileSync(join(cwd, 'my-app', path), 'utf8')).toBe(contents);
    const rest = listFiles(join(cwd, 'my-app')).filter((path) => !files.some((file) => file.path === path));
    expect(rest).toEqual(['.env', 'certs/ca.pem', 'certs/server-key.pem', 'certs/server.pem']);
    expect(command).toContain('my-app -- --store redis --no-install --no-git --yes');
  });

  it('refuses what the command line refuses, with a code', async () => {
    await expect(plan({ store: 'sqlite' as 'redis' })).rejects.toMatchObject({ code: 'bad_value' });
    await expect(plan({ idleTimeout: '9h', absoluteTimeout: '1h' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('can be imported by name from an ES module', () => {
    const script = `import { plan } from 'create-secure-session-app'; console.log((await plan()).files.length > 50)`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(output).toBe('true\n');
  });

  it('describes its answers', () => {
    expect(answersSchema()).toHaveProperty('properties.store.enum', ['postgres', 'redis', 'mongo']);
  });
});
