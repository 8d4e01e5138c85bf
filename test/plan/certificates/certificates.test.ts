import { execFile } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createDevelopmentCertificates } from '../../../src/plan/certificates/certificate-authority.ts';
import { sortHostNames } from '../../../src/plan/certificates/host-names.ts';
import { getFrom, listen, needsTool, opensslVerify, put } from '../../support/tls.ts';

const run = promisify(execFile);
const NOW = new Date();
const HOSTNAMES = ['localhost', 'my-app.localhost', 'my_app.example', '10.1.2.3'];
const DAY_MS = 24 * 60 * 60 * 1000;

describe('createDevelopmentCertificates', () => {
  const made = createDevelopmentCertificates(HOSTNAMES, NOW);
  const [ca, leaf] = [new X509Certificate(made.ca), new X509Certificate(made.cert)];

  it('names every host, and the loopback addresses without being asked', () => {
    expect(leaf.subjectAltName?.split(', ')).toEqual([
      'DNS:localhost',
      'DNS:my-app.localhost',
      'DNS:my_app.example',
      'IP Address:10.1.2.3',
      'IP Address:127.0.0.1',
      'IP Address:0:0:0:0:0:0:0:1',
    ]);
  });

  it('is valid from a little before now for 397 days, both ends included', () => {
    for (const { validFrom, validTo } of [ca, leaf]) {
      expect(Date.parse(validFrom)).toBeLessThanOrEqual(NOW.getTime() - 60_000);
      expect(Date.parse(validTo) + 1000 - Date.parse(validFrom)).toBe(397 * DAY_MS);
    }
  });

  it('still writes a date after 2049 the way RFC 5280 wants it', () => {
    const future = new X509Certificate(
      createDevelopmentCertificates([], new Date('2050-03-01T12:00:00Z')).cert,
    );
    expect(new Date(future.validFrom).toISOString()).toBe('2050-03-01T11:00:00.000Z');
  });

  it('uses P-256 keys and a serial number nobody can guess', () => {
    expect(ca.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(leaf.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    const again = new X509Certificate(createDevelopmentCertificates(HOSTNAMES, NOW).cert);
    expect(again.serialNumber).not.toBe(leaf.serialNumber);
    // 16 random bytes, of which a leading zero byte may drop off.
    expect(leaf.serialNumber.length).toBeGreaterThanOrEqual(28);
  });

  it('returns the key of the server and no other key', () => {
    expect(leaf.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
    expect(JSON.stringify(made).match(/PRIVATE KEY-----\\n/g)).toHaveLength(2);
  });

  it('gives each authority a name of its own, so that two in one trust store are not confused', () => {
    const again = new X509Certificate(createDevelopmentCertificates(HOSTNAMES, NOW).ca);
    expect(again.subject).not.toBe(ca.subject);
  });

  it.each([
    '*.example.test',
    'a b',
    '',
    '127.1',
    '1.2.3.999',
    'a/b',
    'host:443',
    '[::1]',
    'fe80::1%eth0',
    '-a',
    'a\0b',
  ])('refuses %j as a host name', (name) => {
    expect(() => createDevelopmentCertificates([name])).toThrow(/neither a host name nor an IP address/);
  });

  it('takes an international name as punycode and each name once', () => {
    expect(sortHostNames(['Bücher.localhost', 'LOCALHOST', 'localhost.', '::ffff:127.0.0.1'])).toEqual({
      dns: ['xn--bcher-kva.localhost', 'localhost'],
      ips: ['::ffff:7f00:1'],
    });
  });
});

describe('the authority, to a client that trusts it', () => {
  const made = createDevelopmentCertificates(HOSTNAMES, NOW);
  const caFile = put('good-ca.pem', made.ca);
  const names = ['localhost', 'my-app.localhost', 'my_app.example', '10.1.2.3', '127.0.0.1', '::1'];

  it.each(names)('is accepted by openssl verify -x509_strict for %s', (name) => {
    expect(opensslVerify(caFile, made.cert, name)).toBe('OK');
  });

  it.each(names)('is accepted by Node for %s', async (name) => {
    const port = await listen(made.cert, made.key);
    expect(await getFrom(port, made.ca, name)).toBe('hello');
  });

  it.for(names)('is accepted by curl for %s', async (name, context) => {
    needsTool(context, 'curl');
    const port = await listen(made.cert, made.key);
    const host = name.includes(':') ? `[${name}]` : name;
    const target = ['--connect-to', `::127.0.0.1:${port}`, `https://${host}:${port}/`];
    const { stdout } = await run('curl', [
      '--silent',
      '--show-error',
      '--noproxy',
      '*',
      '--cacert',
      caFile,
      ...target,
    ]);
    expect(stdout).toBe('hello');
  });
});
