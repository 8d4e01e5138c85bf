import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeProgram } from '../support/fake-program.ts';
import { interrupted } from '../support/interrupted.ts';
import { BIN, runProgram } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const MKCERT = ['my-app', '--tls', 'mkcert', '--no-install', '--no-git'];

const hasMkcert = (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, 'mkcert')));

describe('--tls mkcert', () => {
  it.skipIf(!hasMkcert)("takes a certificate from the user's mkcert, and changes no trust", async () => {
    const cwd = temporaryDirectory();
    // An authority of the test's own, so that the machine's is left alone.
    const env = { CAROOT: temporaryDirectory(), TRUST_STORES: 'none' };
    const { code, stdout } = await runProgram([...MKCERT, '--hostname', 'a.test'], { cwd, env });
    expect(code).toBe(0);
    const read = (path: string) => readFileSync(join(cwd, 'my-app', path), 'utf8');
    const certificate = new X509Certificate(read('certs/server.pem'));
    for (const name of ['localhost', 'my-app.localhost', 'a.test'])
      expect(certificate.checkHost(name)).toBe(name);
    expect(certificate.checkIP('::1')).toBe('::1');
    expect(certificate.checkIssued(new X509Certificate(read('certs/ca.pem')))).toBe(true);
    expect(read('certs/ca.pem')).toBe(readFileSync(join(env.CAROOT, 'rootCA.pem'), 'utf8'));
    expect(read('README.md')).toContain('by mkcert, for localhost');
    expect(stdout).toContain('mkcert -install');
    execFileSync('openssl', ['pkey', '-in', join(cwd, 'my-app', 'certs/server-key.pem'), '-noout']);
  });

  it('says what to do where there is none, and writes nothing', async () => {
    const cwd = temporaryDirectory();
    const { code, stderr } = await runProgram(MKCERT, { cwd, env: { PATH: temporaryDirectory() } });
    expect(code).toBe(2);
    expect(stderr).toContain('mkcert is not on the PATH. Install it');
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('says what mkcert said when it fails', async () => {
    const [cwd, folder] = [temporaryDirectory(), temporaryDirectory()];
    fakeProgram(folder, 'mkcert', "console.error('ERROR: the CA key is missing'); process.exit(1)");
    const { code, stderr } = await runProgram(MKCERT, { cwd, env: { PATH: folder } });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('mkcert failed: ERROR: the CA key is missing'),
    });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'is cancelled by %s while mkcert is at work',
    async (name) => {
      const cwd = temporaryDirectory();
      const { code, stderr } = await interrupted(BIN, cwd, ['mkcert'], MKCERT, name);
      expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining('Nothing was written') });
      expect(readdirSync(cwd)).toEqual([]);
    },
  );
});
