import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { developmentAuthority } from '../../../src/plan/certificates/certificate-authority.ts';
import { type HostNames, sortHostNames } from '../../../src/plan/certificates/host-names.ts';
import { authorityCertificate, serverCertificate } from '../../../src/plan/certificates/x509.ts';
import { browserTrusting } from '../../support/browser-trust.ts';
import { getFrom, keyPair, listen, needsTool, opensslVerify, pem, put } from '../../support/tls.ts';

const NOW = new Date();
const HOSTNAMES = ['localhost', 'my-app.localhost', 'my_app.example', '10.1.2.3', '127.0.0.1', '::1'];

describe('a certificate for a foreign name under the same authority key', () => {
  // What an attacker could do who had the key: production code has no way to keep it, so the test brings its own.
  const names = sortHostNames(HOSTNAMES);
  const authority = developmentAuthority(names, NOW, keyPair());
  const caFile = put('foreign-ca.pem', pem(authorityCertificate(authority)));
  const server = keyPair();
  const sign = (foreign: HostNames, commonName = 'Development server') =>
    pem(serverCertificate(authority, server.publicKey, { organization: 'Mallory', commonName }, foreign));
  const serverKey = server.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

  it('differs from a good one by the name alone', () => {
    expect(opensslVerify(caFile, sign({ dns: ['localhost'], ips: [] }), 'localhost')).toBe('OK');
  });

  it.each([
    ['another domain', ['bank.example'], [], 'bank.example'],
    ['the parent domain of a permitted name', ['example'], [], 'example'],
    ['a name that merely ends alike', ['evil-my_app.example'], [], 'evil-my_app.example'],
    ['another address', [], ['10.1.2.4'], '10.1.2.4'],
    ['another IPv6 address', [], ['2001:db8::1'], '2001:db8::1'],
    ['another loopback address', [], ['127.0.0.2'], '127.0.0.2'],
    ['a permitted name hiding a foreign one', ['localhost', 'bank.example'], [], 'bank.example'],
  ])('is rejected by OpenSSL and Node: %s', async (_what, dns, ips, name) => {
    const cert = sign({ dns, ips });
    expect(opensslVerify(caFile, cert, name)).toMatch(/permitted subtree violation/);
    const port = await listen(cert, serverKey);
    await expect(getFrom(port, readFileSync(caFile, 'utf8'), name)).rejects.toThrow(
      /permitted subtree violation/,
    );
  });

  it('is rejected when the name stands in the common name only', () => {
    const cert = sign({ dns: [], ips: ['127.0.0.1'] }, 'bank.example');
    expect(opensslVerify(caFile, cert, undefined)).toMatch(/permitted subtree violation/);
  });

  it('is rejected when the authority permits addresses only', () => {
    const addressesOnly = developmentAuthority(sortHostNames(['127.0.0.1']), NOW, keyPair());
    const addressesOnlyFile = put('addresses-ca.pem', pem(authorityCertificate(addressesOnly)));
    const subject = { organization: 'Mallory', commonName: 'Development server' };
    const cert = serverCertificate(addressesOnly, server.publicKey, subject, sortHostNames(['bank.example']));
    expect(opensslVerify(addressesOnlyFile, pem(cert), 'bank.example')).toMatch(/excluded subtree violation/);
  });

  it('permits sub-domains of a permitted name, as RFC 5280 defines DNS constraints', () => {
    const cert = sign({ dns: ['other.localhost'], ips: [] });
    expect(opensslVerify(caFile, cert, 'other.localhost')).toBe('OK');
  });

  it('is no authority: it cannot sign another one', () => {
    const below = {
      ...developmentAuthority(names, NOW, server),
      subject: { organization: 'M', commonName: 'below' },
    };
    const intermediate = { ...authority, ...keyPair(), subject: below.subject };
    const cert = serverCertificate(intermediate, keyPair().publicKey, below.subject, names);
    const leaf = serverCertificate(authority, intermediate.publicKey, intermediate.subject, names);
    const chain = put('chain.pem', pem(leaf));
    expect(opensslVerify(caFile, pem(cert), 'localhost', '-untrusted', chain)).toMatch(
      /invalid CA certificate/,
    );
  });
});

describe('Chromium with the authority in its trust store', () => {
  it('opens the right names and rejects a foreign one', { timeout: 60_000 }, async (context) => {
    for (const tool of ['chromium', 'certutil']) needsTool(context, tool);
    const authority = developmentAuthority(sortHostNames(HOSTNAMES), NOW, keyPair());
    const server = keyPair();
    const key = server.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const listenAs = (...names: string[]) => {
      const subject = { organization: 'Test', commonName: 'Test server' };
      return listen(pem(serverCertificate(authority, server.publicKey, subject, sortHostNames(names))), key);
    };
    const [good, foreign, foreignAddress] = [
      await listenAs(...HOSTNAMES),
      await listenAs('bank.example'),
      await listenAs('10.1.2.4'),
    ];
    const visit = await browserTrusting(pem(authorityCertificate(authority)));
    try {
      expect(await visit(`https://localhost:${good}/`)).toBe('hello');
      expect(await visit(`https://my-app.localhost:${good}/`)).toBe('hello');
      expect(await visit(`https://my_app.example:${good}/`)).toBe('hello');
      expect(await visit(`https://127.0.0.1:${good}/`)).toBe('hello');
      expect(await visit(`https://bank.example:${foreign}/`)).toMatch(
        /ERR_CERT_(NAME_CONSTRAINT_VIOLATION|INVALID)/,
      );
      expect(await visit(`https://10.1.2.4:${foreignAddress}/`)).toMatch(
        /ERR_CERT_(NAME_CONSTRAINT_VIOLATION|INVALID)/,
      );
    } finally {
      await visit.close();
    }
  });
});
