import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readDocument } from '../../src/ask/document.ts';
import { answersSchema } from '../../src/ask/schema.ts';
import { toDocument } from '../../src/options/document.ts';
import { OPTION_ROWS } from '../../src/options/options.ts';
import { answersOf } from '../support/answers.ts';
import { runInProcess } from '../support/in-process.ts';
import { listFiles, temporaryDirectory } from '../support/temporary.ts';

describe('readDocument', () => {
  it('reads back what toDocument wrote', async () => {
    const line = '--store redis --idle-timeout 20m --trust-proxy 10.0.0.0/8,::1 --http-port 3080 --no-pages';
    const answers = await answersOf('my-app', ...line.split(' '));
    expect(readDocument(JSON.parse(JSON.stringify(toDocument(answers))), '/projects')).toEqual(answers);
  });

  it.each([
    [[], 'is not a JSON object'],
    [null, 'is not a JSON object'],
    ['my-app', 'is not a JSON object'],
    [{ stroe: 'redis' }, 'unknown key "stroe"'],
    [{ 'idle-timeout': '30m' }, 'unknown key "idle-timeout"'],
    [{ __proto__: null, constructor: 1 }, 'unknown key "constructor"'],
    [{ store: 'sqlite' }, 'store in the configuration: "sqlite" is not postgres, redis or mongo'],
    [{ store: null }, 'store in the configuration is not of type string'],
    [{ idleTimeout: 1800 }, 'idleTimeout in the configuration is not of type string'],
    [{ idleTimeout: '1800' }, '"1800" has no unit'],
    [{ port: '3443' }, 'port in the configuration is not of type integer'],
    [{ port: 70_000 }, '1 to 65535'],
    [{ git: 'no' }, 'git in the configuration is not of type boolean'],
    [{ hostname: 'a.test' }, 'hostname in the configuration is not of type array'],
    [{ hostname: [1] }, 'hostname in the configuration is not of type array'],
    [{ directory: 'My App!' }, 'try my-app'],
    [{ directory: '' }, 'directory in the configuration needs a value'],
    [{ tlsCert: '' }, 'tlsCert in the configuration needs a value'],
    [{ hostname: ['a.test', ''] }, 'hostname in the configuration needs a value'],
  ])('refuses %j', (document, message) => {
    expect(() => readDocument(document, '/projects')).toThrow(message);
  });

  it('names the nearest key', () => {
    const near = (key: string) => () => readDocument({ [key]: 1 }, '/projects');
    expect(near('stroe')).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ didYouMean: 'store' }) }),
    );
    expect(near('idle-timeout')).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ didYouMean: 'idleTimeout' }) }),
    );
  });
});

describe('answersSchema', () => {
  const schema = z.fromJSONSchema(answersSchema() as Parameters<typeof z.fromJSONSchema>[0]);

  it('knows every option, and nothing else', async () => {
    expect(Object.keys((answersSchema() as { properties: object }).properties)).toEqual([
      '$schema',
      ...OPTION_ROWS.map(([name]) => name),
    ]);
    expect(schema.safeParse({ stroe: 'redis' }).success).toBe(false);
  });

  it('accepts the answers that a run records', async () => {
    expect(
      schema.safeParse(toDocument(await answersOf('my-app', '--trust-proxy', '1'))).error,
    ).toBeUndefined();
  });

  it.each([
    [{ store: 'sqlite' }],
    [{ idleTimeout: 1800 }],
    [{ port: 0 }],
    [{ hostname: 'a' }],
    [{ git: null }],
  ])('refuses %j, as --config does', (document) => {
    expect(schema.safeParse(document).success).toBe(false);
    expect(() => readDocument(document, '/projects')).toThrow();
  });
});

describe('--config', () => {
  it('takes a file, and flags win over it', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(
      join(cwd, 'answers.json'),
      JSON.stringify({ directory: 'my-app', store: 'redis', git: false }),
    );
    const args = ['--config', 'answers.json', '--store', 'mongo', '--no-install', '--json'];
    const { code, stdout } = await runInProcess(args, cwd);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).answers).toMatchObject({ store: 'mongo', git: false });
  });

  it('is undone by "none", where nothing is the default', async () => {
    const cwd = temporaryDirectory();
    const document = { ci: 'github', httpPort: 3080, hostname: ['a.test'], trustProxy: ['1'] };
    const undo = Object.keys(document).map(
      (name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    );
    const args = ['--config', '-', '--dry-run', '--json', ...undo.flatMap((flag) => [flag, 'none'])];
    const { stdout } = await runInProcess(args, cwd, JSON.stringify(document));
    expect(JSON.parse(stdout).answers).toMatchObject({
      ci: null,
      httpPort: null,
      hostname: [],
      trustProxy: [],
      tls: 'self-signed',
    });
  });

  it.each([
    ['UTF-8', (json: string) => Buffer.from(json)],
    ['UTF-8 with a mark', (json: string) => Buffer.from(`\ufeff${json}`)],
    ['UTF-16, as PowerShell writes it', (json: string) => Buffer.from(`\ufeff${json}`, 'utf16le')],
    ['UTF-16, the other way round', (json: string) => Buffer.from(`\ufeff${json}`, 'utf16le').swap16()],
  ])('takes %s, from a file and from standard input', async (_what, encode) => {
    const cwd = temporaryDirectory();
    const bytes = encode(JSON.stringify({ directory: 'my-app', store: 'redis' }));
    writeFileSync(join(cwd, 'answers.json'), bytes);
    for (const source of ['answers.json', '-']) {
      const run = await runInProcess(['--config', source, '--dry-run', '--json'], cwd, bytes);
      expect(JSON.parse(run.stdout).answers).toMatchObject({ store: 'redis' });
    }
  });

  it.each([
    ['{"store":"redis","store":"mongo"}', '"store"'],
    ['{ "hostname": ["store"], "store" : "redis", "st\\u006fre": "redis" }', '"store"'],
  ])('refuses %s: one of the two would be ignored', async (json, key) => {
    const { code, stderr } = await runInProcess(['--config', '-'], temporaryDirectory(), json);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(`has the key ${key} twice`),
    });
  });

  it('takes standard input, and the answers of a manifest', async () => {
    const cwd = temporaryDirectory();
    const input = JSON.stringify(toDocument(await answersOf('my-app', '--no-install', '--no-git')));
    const { code } = await runInProcess(['my-app', '--config', '-'], cwd, input);
    expect(code).toBe(0);
    expect(listFiles(join(cwd, 'my-app'))).toContain('.secure-session.json');
  });

  it.each([
    ['', 'it is empty'],
    ['{"store":', 'is not valid JSON'],
    ['[]', 'is not a JSON object'],
  ])('refuses standard input with %j', async (input, message) => {
    const cwd = temporaryDirectory();
    const { code, stderr } = await runInProcess(['--config', '-'], cwd, input);
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, lines: 1 });
    expect(stderr).toContain(message);
  });

  it('refuses a file that is not there', async () => {
    const { code, stderr } = await runInProcess(['--config', 'none.json'], temporaryDirectory());
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be read: no such file'),
    });
  });
});
