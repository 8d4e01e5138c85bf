import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cancelled } from '../../src/errors.ts';
import { errorDocument } from '../../src/report/json-report.ts';
import { runInProcess } from '../support/in-process.ts';
import { bash } from '../support/interrupted.ts';
import { BIN, runProgram } from '../support/program.ts';
import { listFiles, temporaryDirectory } from '../support/temporary.ts';

const QUICK = ['--no-install', '--no-git'];

describe('--json', () => {
  it('names every file with its size and hash, and hashes no secret', async () => {
    const cwd = temporaryDirectory();
    const { code, stdout } = await runInProcess(['my-app', '--json', ...QUICK], cwd);
    const { ok, files, reproduce, steps, defaults } = JSON.parse(stdout);
    expect({ code, ok, steps }).toEqual({ code: 0, ok: true, steps: [] });
    expect(reproduce).toContain('my-app -- --no-install --no-git --yes');
    expect(defaults).toContain('store');
    expect(files.map(({ path }: { path: string }) => path).sort()).toEqual(listFiles(join(cwd, 'my-app')));
    for (const { path, state, bytes, sha256 } of files) {
      const file = join(cwd, 'my-app', path);
      const isSecret = path === '.env' || path.startsWith('certs/');
      const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
      expect({ path, state, bytes, sha256 }).toEqual({
        path,
        state: 'created',
        bytes: statSync(file).size,
        sha256: isSecret ? undefined : hash,
      });
    }
  });

  it('reports progress on standard error alone', async () => {
    const { stderr } = await runInProcess(['my-app', '--json', ...QUICK], temporaryDirectory());
    expect(stderr).toContain('Defaults used');
    expect(stderr).toMatch(/✔ my-app: \d+ files/);
  });

  it.each([
    [['--stroe', 'redis'], { code: 'unknown_flag', flag: 'stroe', didYouMean: '--store' }],
    [
      ['--store', 'redsi'],
      { code: 'bad_value', flag: 'store', didYouMean: 'redis', allowed: ['postgres', 'redis', 'mongo'] },
    ],
    [['--store', 'sqlite'], { code: 'bad_value', flag: 'store', fix: expect.stringContaining('--help') }],
    [['--store'], { code: 'missing_value', flag: 'store', allowed: ['postgres', 'redis', 'mongo'] }],
    [['--port'], { code: 'missing_value', flag: 'port' }],
    [['--port', '1', '--port', '2'], { code: 'conflict', flag: 'port' }],
    [['--yes=1'], { code: 'bad_value', flag: 'yes' }],
    [['--absolute-timeout', '5m'], { code: 'conflict', flag: 'absolute-timeout' }],
    [['a', 'b'], { code: 'unknown_flag' }],
    [['/etc'], { code: 'target_in_the_way', flag: 'directory' }],
    [['/proc/my-app'], { code: 'target_not_writable', flag: 'directory' }],
    [['--config', 'none.json'], { code: 'bad_config', flag: 'config' }],
  ])('answers %j with one document', async (args, error) => {
    const { code, stdout } = await runInProcess([...args, '--json', ...QUICK], temporaryDirectory());
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ ok: false, exitCode: code, error });
    expect(document.error.message).toMatch(/\S/);
    expect(document.error.fix).toMatch(/\S/);
  });

  it.each([
    [new Cancelled(), 130, 'cancelled'],
    [new TypeError('a mistake of ours'), 1, 'unexpected'],
    ['no error at all', 1, 'unexpected'],
  ] as const)('says of %o what to do, too', (error, exitCode, code) => {
    const [message, fix] = [expect.stringMatching(/\S/), expect.stringContaining('same command again')];
    expect(errorDocument(error)).toEqual({ ok: false, exitCode, error: { code, message, fix } });
  });

  it('shows the differences of a dry run', async () => {
    const cwd = temporaryDirectory();
    const { stdout } = await runInProcess(['my-app', '--json', '--dry-run'], cwd);
    const { dryRun, files } = JSON.parse(stdout);
    expect(dryRun).toBe(true);
    expect(new Set(files.map(({ state }: { state: string }) => state))).toEqual(new Set(['create']));
    expect(listFiles(cwd)).toEqual([]);
  });
});

describe('one document on standard output', () => {
  it.each([
    [['--json', '--help'], 0, { ok: true, exitCode: 0, help: expect.stringContaining('Usage') }],
    [['--json', '--version'], 0, { ok: true, exitCode: 0, version: expect.stringMatching(/^\d/) }],
    [['--json', '--print-schema'], 0, { type: 'object' }],
    [['--json', '--explain'], 0, { requirements: expect.any(Array) }],
    [['--json', '--dry-run', '--verify'], 2, { error: { code: 'conflict' } }],
    [['--json=1'], 2, { error: { code: 'bad_value', flag: 'json' } }],
    [['--no-json', '--json'], 2, { error: { code: 'unknown_flag' } }],
    [['--config', '--json'], 2, { error: { code: 'missing_value' } }],
    [[''], 2, undefined],
  ])('comes from %j', async (args, code, document) => {
    const run = await runInProcess(args, temporaryDirectory());
    expect(run.code).toBe(code);
    if (document) expect(JSON.parse(run.stdout)).toMatchObject(document);
    else expect(run.stdout).toBe('');
  });

  it('comes when npm consumed --json', async () => {
    const { code, stdout } = await runProgram(['my-app'], {
      cwd: temporaryDirectory(),
      env: { npm_config_json: 'true' },
    });
    expect({ code, document: JSON.parse(stdout) }).toMatchObject({
      code: 2,
      document: { error: { code: 'swallowed_flags' } },
    });
  });

  it.each(['--yes', '--help'])('comes from a directory that was removed, with %s', async (flag) => {
    const cwd = temporaryDirectory();
    const script = `mkdir gone && cd gone && rmdir ../gone && "$1" "$2" --json ${flag}`;
    const { code, stdout, stderr } = await bash(BIN, cwd, script);
    expect({ code, document: JSON.parse(stdout) }).toMatchObject({
      code: 3,
      document: { exitCode: 3, error: { code: 'not_usable', fix: 'Change to another directory.' } },
    });
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
