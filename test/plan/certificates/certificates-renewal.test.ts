import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createDevelopmentCertificates,
  developmentAuthority,
} from '../../../src/plan/certificates/certificate-authority.ts';
import { sortHostNames } from '../../../src/plan/certificates/host-names.ts';
import { serverCertificate } from '../../../src/plan/certificates/x509.ts';
import { folder, keyPair, opensslVerify, pem } from '../../support/tls.ts';

describe('npm run certs', () => {
  const project = join(folder(), 'project');
  const certs = join(project, 'certs');
  const script = join(folder(), 'certs.mjs');
  const renew = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      cwd: project,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const serverNames = () => new X509Certificate(readFileSync(join(certs, 'server.pem'))).subjectAltName;

  beforeAll(async () => {
    // Node 20 runs no TypeScript.
    const bundle = await rolldown({ input: resolve('templates/base/scripts/certs.ts'), platform: 'node' });
    await bundle.write({ file: script });
    mkdirSync(project);
  });

  it('asks for names where there is no certificate to take them from', () => {
    expect(renew()).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('-- --hostname localhost'),
    });
  });

  it('writes the three files, the key for its owner only, and nothing else', () => {
    expect(renew('--hostname', 'localhost', '--hostname', 'demo.localhost')).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(readdirSync(certs).sort()).toEqual(['ca.pem', 'server-key.pem', 'server.pem']);
    expect(statSync(join(certs, 'server-key.pem')).mode & 0o777).toBe(0o600);
  });

  it('renews for the names of the certificate that is there, under a new authority, and says how to trust it', () => {
    const [names, oldCa] = [serverNames(), readFileSync(join(certs, 'ca.pem'), 'utf8')];
    const { status, stdout } = renew();
    expect(status).toBe(0);
    expect(stdout).toMatch(/certutil -d sql:[\s\S]*security add-trusted-cert[\s\S]*update-ca-certificates/);
    expect(serverNames()).toBe(names);
    expect(readFileSync(join(certs, 'ca.pem'), 'utf8')).not.toBe(oldCa);
    const cert = readFileSync(join(certs, 'server.pem'), 'utf8');
    expect(opensslVerify(join(certs, 'ca.pem'), cert, 'demo.localhost')).toBe('OK');
  });

  it('keeps a key private that was readable before', () => {
    writeFileSync(join(certs, 'server-key.pem'), 'old', { mode: 0o644 });
    renew();
    expect(statSync(join(certs, 'server-key.pem')).mode & 0o777).toBe(0o600);
  });

  it('renews an expired certificate and says that it had expired', () => {
    writeFileSync(
      join(certs, 'server.pem'),
      createDevelopmentCertificates(['localhost'], new Date('2020-01-01')).cert,
    );
    expect(renew()).toMatchObject({ status: 0, stdout: expect.stringContaining('expired on 2021-01-31') });
  });

  it.each([
    ['an unknown flag', ['--host', 'a']],
    ['a name that is none', ['--hostname', 'a b']],
  ])('answers %s with one line and leaves the files alone', (_what, args) => {
    const before = readFileSync(join(certs, 'server.pem'));
    const { status, stderr } = renew(...args);
    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readFileSync(join(certs, 'server.pem'))).toEqual(before);
  });

  it('says what to do about a certificate that cannot be read, and leaves it', () => {
    writeFileSync(join(certs, 'server.pem'), 'not a certificate');
    expect(renew('--hostname', 'localhost').stderr).toMatch(/cannot be read as a certificate\. Move it/);
    expect(readFileSync(join(certs, 'server.pem'), 'utf8')).toBe('not a certificate');
  });

  it('never overwrites a certificate that somebody else issued', () => {
    const issuer = developmentAuthority(sortHostNames(['::1']), new Date(), keyPair());
    const bought = { ...issuer, subject: { organization: 'Public CA', commonName: 'R1' } };
    const cert = pem(
      serverCertificate(bought, keyPair().publicKey, bought.subject, sortHostNames(['shop.example'])),
    );
    writeFileSync(join(certs, 'server.pem'), cert);
    expect(renew('--hostname', 'localhost')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('O=Public CA'),
    });
    expect(readFileSync(join(certs, 'server.pem'), 'utf8')).toBe(cert);
  });
});
