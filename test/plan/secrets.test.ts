import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runInProcess } from '../support/in-process.ts';
import { temporaryOwnCertificate } from '../support/own-certificate.ts';
import { temporaryDirectory } from '../support/temporary.ts';

async function envWith(folder: string) {
  const [cwd, own] = [temporaryDirectory(), temporaryOwnCertificate()];
  mkdirSync(join(cwd, folder));
  const [cert, key] = [join(cwd, folder, 'cert.pem'), join(cwd, folder, 'key.pem')];
  copyFileSync(own.cert, cert);
  copyFileSync(own.key, key);
  const args = ['my-app', '--tls-cert', cert, '--tls-key', key, '--no-install', '--no-git'];
  return { run: await runInProcess(args, cwd), cert, env: join(cwd, 'my-app', '.env') };
}

describe('paths in .env', () => {
  it.each([
    'plain',
    'a b',
    'a#b',
    "it's",
    'say "hi"',
    '`tick`',
    '\\n',
    "a'b`c",
    'a"b`c',
    'a\'b"c',
    '$HOME',
    'é',
    '=x',
  ])('come back from Node as they are: %s', async (folder) => {
    const { run, cert, env } = await envWith(folder);
    expect(run.code).toBe(0);
    const print = 'process.stdout.write(process.env.TLS_CERT_FILE)';
    const options = { encoding: 'utf8', env: {} } as const;
    expect(execFileSync(process.execPath, [`--env-file=${env}`, '-e', print], options)).toBe(cert);
  });

  it.each(['a\nSESSION_SECRETS=forged', "'\nFORGED=1", '"\nFORGED=1\n"', 'a\rb', `all of '"\``])(
    'inject no line: %j is refused',
    async (folder) => {
      const { run } = await envWith(folder);
      expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('--tls-cert: ') });
    },
  );
});
