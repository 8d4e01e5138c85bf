import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { certificateProblem, TLS_OPTIONS } from '../../src/options/own-certificate.ts';
import { temporaryOwnCertificate } from '../support/own-certificate.ts';
import { BIN } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('certificateProblem', () => {
  it('has nothing against a current certificate with its key', () => {
    const { cert, key } = temporaryOwnCertificate();
    expect(certificateProblem(cert, key)).toBeUndefined();
  });

  it('refuses the key of another certificate', () => {
    const { cert } = temporaryOwnCertificate();
    const { key } = temporaryOwnCertificate();
    expect(certificateProblem(cert, key)?.message).toBe(`--tls-key: ${key} is not the key of ${cert}`);
  });

  it('refuses one that has expired', () => {
    const { cert, key } = temporaryOwnCertificate(new Date(Date.now() - 400 * DAY_MS));
    expect(certificateProblem(cert, key)?.message).toContain('expired on');
  });

  it('refuses one that is not valid yet', () => {
    const { cert, key } = temporaryOwnCertificate(new Date(Date.now() + 2 * DAY_MS));
    expect(certificateProblem(cert, key)?.message).toContain('is not valid before');
  });

  it('tells which of the two files is something else', () => {
    const { cert, key } = temporaryOwnCertificate();
    expect(certificateProblem(key, cert)).toMatchObject({ isAbout: 'certificate' });
    expect(certificateProblem(cert, cert)).toMatchObject({ isAbout: 'key' });
    expect(certificateProblem('/nowhere.pem', key)).toMatchObject({ isAbout: 'certificate' });
  });

  it('refuses an encrypted key, which a server could not open without somebody at its side', () => {
    const { cert, key } = temporaryOwnCertificate();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(
      key,
      privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
    );
    expect(certificateProblem(cert, key)?.message).toContain('or is encrypted');
  });
});

/** A certificate that OpenSSL signs with its own key. */
function byOpenssl(algorithm: readonly string[], ...extensions: string[]): { cert: string; key: string } {
  const directory = temporaryDirectory();
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  const files = ['-nodes', '-keyout', key, '-out', cert, '-subj', '/CN=app.test', '-days', '2'];
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  execFileSync('openssl', ['req', '-x509', '-newkey', ...algorithm, ...files, ...added], { stdio: 'ignore' });
  return { cert, key };
}

const P256 = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const SERVER = ['basicConstraints=critical,CA:FALSE'];

describe('certificateProblem, as the server of the project would find out', () => {
  it('asks with the options of the project', () => {
    const source = readFileSync('templates/base/src/protection/https.ts', 'utf8');
    for (const value of Object.values(TLS_OPTIONS)) expect(source).toContain(`'${value}'`);
  });

  it.each([
    ['ECDSA P-256', P256, []],
    ['ECDSA P-384', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], []],
    ['RSA 2048', ['rsa:2048'], []],
    ['RSA 2048 for servers and clients', ['rsa:2048'], ['extendedKeyUsage=clientAuth,serverAuth']],
  ])('takes %s', (_what, algorithm, extensions) => {
    const { cert, key } = byOpenssl(algorithm, ...SERVER, ...extensions);
    expect(certificateProblem(cert, key)).toBeUndefined();
  });

  it.each([
    [
      'a curve that browsers do not know',
      ['ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'],
      SERVER,
      'secp256k1',
    ],
    ['a short key', ['rsa:512'], SERVER, 'too small'],
    ['the certificate of a CA', P256, ['basicConstraints=critical,CA:TRUE'], 'is that of a CA'],
    ['that of a client', P256, [...SERVER, 'extendedKeyUsage=clientAuth'], 'is not for servers'],
  ])('refuses %s', (_what, algorithm, extensions, message) => {
    const { cert, key } = byOpenssl(algorithm, ...extensions);
    expect(certificateProblem(cert, key)?.message).toContain(message);
  });

  it('refuses DER, which Node does not read when it starts', () => {
    const { cert, key } = temporaryOwnCertificate();
    const der = join(dirname(cert), 'cert.der');
    execFileSync('openssl', ['x509', '-in', cert, '-outform', 'DER', '-out', der]);
    expect(certificateProblem(der, key)?.message).toContain('is not a PEM certificate');
    const derKey = join(dirname(key), 'key.der');
    execFileSync('openssl', ['pkey', '-in', key, '-outform', 'DER', '-out', derKey]);
    expect(certificateProblem(cert, derKey)).toMatchObject({ isAbout: 'key' });
  });

  it('takes a chain, and refuses a broken one', () => {
    const { cert, key } = temporaryOwnCertificate();
    const ca = readFileSync(join(dirname(cert), 'ca.pem'), 'utf8');
    const alone = readFileSync(cert, 'utf8');
    appendFileSync(cert, ca);
    expect(certificateProblem(cert, key)).toBeUndefined();
    writeFileSync(cert, ca + alone);
    expect(certificateProblem(cert, key)?.message).toContain('is that of a CA');
    writeFileSync(cert, alone + readFileSync(byOpenssl(P256).cert, 'utf8'));
    expect(certificateProblem(cert, key)?.message).toContain('did not issue');
    writeFileSync(cert, `${alone}${ca.slice(0, 200)}\n-----END CERTIFICATE-----\n`);
    expect(certificateProblem(cert, key)?.message).toContain('is not a PEM certificate');
  });

  it('says when a file may not be read, which is another thing than no certificate', () => {
    const { cert, key } = temporaryOwnCertificate();
    for (const path of [cert, key]) chmodSync(path, 0);
    // Root may read everything, so it becomes nobody for this.
    const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    for (const path of [dirname(cert), dirname(dirname(cert))]) chmodSync(path, 0o755);
    const run = () =>
      execFileSync(
        process.execPath,
        [BIN, '/tmp/x/my-app', '--dry-run', '--tls-cert', cert, '--tls-key', key],
        {
          ...asNobody,
          cwd: '/',
          stdio: 'pipe',
        },
      );
    expect(run).toThrow(`${cert} cannot be read: permission denied`);
  });
});
