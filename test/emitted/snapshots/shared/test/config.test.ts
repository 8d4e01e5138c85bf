import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDevelopmentCertificates } from '../scripts/certificate-authority.ts';
import { readConfig } from '../src/config.ts';
import { ENGINE_URL_VARIABLE } from '../src/engine.ts';
import { parseTrustProxy } from '../src/trust-proxy.ts';
import { SAFE_ENGINE_URL, UNSAFE_ENGINE_URLS } from './support/engine-urls.ts';

const DIRECTORY = mkdtempSync(join(tmpdir(), 'config-'));
const file = (name: string) => join(DIRECTORY, name);
const secret = (name: string) => `${name} secret that is long enough to be one`;

let good: Record<string, string>;
beforeAll(() => {
  const { cert, key } = createDevelopmentCertificates(['localhost']);
  writeFileSync(file('cert.pem'), cert);
  writeFileSync(file('key.pem'), key);
  writeFileSync(file('other-key.pem'), createDevelopmentCertificates(['localhost']).key);
  const expired = createDevelopmentCertificates(['localhost'], new Date('2020-01-01'));
  writeFileSync(file('expired.pem'), expired.cert);
  writeFileSync(file('expired-key.pem'), expired.key);
  good = {
    APP_ORIGINS: 'https://app.example,https://localhost:3443',
    SESSION_SECRETS: `${secret('a new')},${secret('an old')}`,
    TLS_CERT_FILE: file('cert.pem'),
    TLS_KEY_FILE: file('key.pem'),
    [ENGINE_URL_VARIABLE]: SAFE_ENGINE_URL,
  };
});
afterAll(() => rmSync(DIRECTORY, { recursive: true }));

const problemsOf = (environment: Record<string, string>): string => {
  try {
    readConfig(environment);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe('the configuration', () => {
  it('is read from the environment, and listens to this machine only unless it is told otherwise', () => {
    expect(readConfig(good)).toMatchObject({
      production: false,
      host: '127.0.0.1',
      port: 3443,
      httpPort: null,
      origins: ['https://app.example', 'https://localhost:3443'],
      secrets: [secret('a new'), secret('an old')],
      engineUrl: SAFE_ENGINE_URL,
    });
  });

  it('has no default secrets and lists every problem at once', () => {
    const problems = problemsOf({ PORT: 'x' });
    for (const name of ['PORT', 'APP_ORIGINS', 'SESSION_SECRETS', 'TLS_CERT_FILE', ENGINE_URL_VARIABLE]) {
      expect(problems).toContain(name);
    }
  });

  it.each([
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '3443x'],
    ['HTTP_PORT', '-1'],
    ['APP_ORIGINS', 'http://app.example'],
    ['APP_ORIGINS', 'https://app.example/'],
    ['APP_ORIGINS', 'https://app.example/path'],
    ['APP_ORIGINS', 'app.example'],
    ['APP_ORIGINS', ' , '],
    ['SESSION_SECRETS', 'short'],
    ['SESSION_SECRETS', `${'x'.repeat(40)},short`],
    ['SESSION_SECRETS', ','],
    ['NODE_ENV', 'prod'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '0'],
    ['TRUST_PROXY', '11'],
    ['TRUST_PROXY', '0.0.0.0/0'],
    ['TRUST_PROXY', '10.0.0.0/8,::/0'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '10.0.0.0/8/8'],
    ['TRUST_PROXY', 'example.test'],
  ])('refuses %s=%s and names it', (name, value) => {
    expect(problemsOf({ ...good, [name]: value })).toContain(name);
  });

  it.each([
    ['missing', { TLS_CERT_FILE: 'nowhere.pem' }],
    ['without its key', { TLS_KEY_FILE: '' }],
    ['no pair', { TLS_KEY_FILE: file('other-key.pem') }],
    ['expired', { TLS_CERT_FILE: file('expired.pem'), TLS_KEY_FILE: file('expired-key.pem') }],
  ])('refuses a certificate that is %s', (_name, change) => {
    expect(problemsOf({ ...good, ...change })).toContain('TLS_CERT_FILE');
  });

  it('does without a certificate only behind a proxy that it was told of', () => {
    const plain = { ...good, TLS_CERT_FILE: '', TLS_KEY_FILE: '' };
    expect(problemsOf(plain)).toContain('TLS_CERT_FILE');
    expect(readConfig({ ...plain, TRUST_PROXY: '127.0.0.1' }).tls).toBeNull();
  });
});

describe('production', () => {
  /** Ready for production but for the certificate, which a test cannot get from a public authority. */
  const ready = () => ({
    ...good,
    NODE_ENV: 'production',
    TLS_CERT_FILE: '',
    TLS_KEY_FILE: '',
    TRUST_PROXY: '10.0.0.1',
  });

  it('starts when everything is fit for it', () => {
    expect(readConfig(ready()).production).toBe(true);
  });

  it('refuses the development certificate', () => {
    expect(problemsOf({ ...good, NODE_ENV: 'production' })).toContain('TLS_CERT_FILE was made for development');
  });

  it('refuses a secret made for development', () => {
    expect(problemsOf({ ...ready(), SESSION_SECRETS: `dev-${secret('x')}` })).toContain('SESSION_SECRETS');
    expect(problemsOf({ ...ready(), SESSION_SECRETS: `${secret('x')}, dev-${secret('x')}` })).toContain(
      'SESSION_SECRETS',
    );
  });

  it('refuses to run without an engine', () => {
    expect(problemsOf({ ...ready(), [ENGINE_URL_VARIABLE]: '' })).toContain(`${ENGINE_URL_VARIABLE} is not set`);
  });

  it.each(UNSAFE_ENGINE_URLS)('refuses an engine without verified TLS, unless that is allowed by name: %s', (url) => {
    const environment = { ...ready(), [ENGINE_URL_VARIABLE]: url };
    expect(problemsOf(environment)).toContain(ENGINE_URL_VARIABLE);
    expect(problemsOf({ ...environment, ALLOW_UNVERIFIED_ENGINE: '1' })).toContain(ENGINE_URL_VARIABLE);
    expect(readConfig({ ...environment, ALLOW_UNVERIFIED_ENGINE: 'true' }).engineUrl).toBe(url);
  });

  it('lists all of it at once', () => {
    const problems = problemsOf({
      ...good,
      NODE_ENV: 'production',
      SESSION_SECRETS: 'dev-short',
      TRUST_PROXY: '0.0.0.0/0',
      [ENGINE_URL_VARIABLE]: '',
    });
    expect(problems.split('\n')).toHaveLength(4);
  });
});

describe('trusted proxies', () => {
  it.each([
    [undefined, '10.0.0.1', 0, false],
    ['10.0.0.0/8', '10.1.2.3', 0, true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', 3, true],
    ['10.0.0.0/8', '11.1.2.3', 0, false],
    ['10.0.0.1, 2001:db8::/32', '2001:db8::1', 0, true],
    ['10.0.0.1', '10.0.0.2', 0, false],
    ['10.0.0.1', 'unknown', 0, false],
    ['2', '203.0.113.1', 1, true],
    ['2', '203.0.113.1', 2, false],
  ])('%s believes %s as hop %i: %s', (text, address, hop, believed) => {
    expect(parseTrustProxy(text)(address, hop)).toBe(believed);
  });
});
