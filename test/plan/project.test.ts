import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { completeProject } from '../../src/plan/project.ts';
import { answersOf } from '../support/answers.ts';
import { overlaysOf } from '../support/overlays.ts';
import { temporaryOwnCertificate } from '../support/own-certificate.ts';

const OVERLAYS = overlaysOf({
  base: {
    'package.json': '{}',
    '_env.example.ejs':
      '<% for (const e of env) { -%>\n<%- e.commented ? "# " : "" %><%- e.name %>=<%- e.value %>\n<% } -%>\n',
    'overlay.json': JSON.stringify({
      env: [
        { name: 'SESSION_SECRETS', value: '', generate: 'session-secret' },
        { name: 'PASSWORD', value: '', generate: 'password' },
        { name: 'PORT', value: '<%- answers.port %>' },
        { name: 'TLS_CERT_FILE', value: 'certs/server.pem' },
        { name: 'TLS_KEY_FILE', value: 'certs/server-key.pem' },
      ],
    }),
  },
});

async function filesOf(...argv: string[]) {
  const { files } = completeProject(await answersOf('my-app', ...argv), OVERLAYS);
  return new Map(files.map((file) => [file.path, file]));
}

describe('.env', () => {
  it('is .env.example with random values, readable by its owner alone', async () => {
    const files = await filesOf();
    expect(files.get('.env.example')?.contents).toContain('SESSION_SECRETS=\nPASSWORD=\nPORT=3443\n');
    expect(files.get('.env')?.contents).toMatch(
      /^SESSION_SECRETS=dev-[\w-]{43}\nPASSWORD=[\w-]{32}\nPORT=3443\n/,
    );
    expect(files.get('.env')?.mode).toBe(0o600);
  });

  it('is never the same twice', async () => {
    expect((await filesOf()).get('.env')?.contents).not.toBe((await filesOf()).get('.env')?.contents);
  });

  it('holds the absolute paths of own files, and .env.example does not', async () => {
    const { cert, key } = temporaryOwnCertificate();
    const files = await filesOf('--tls-cert', cert, '--tls-key', key);
    expect(files.get('.env')?.contents).toContain(`TLS_CERT_FILE=${cert}\nTLS_KEY_FILE=${key}\n`);
    expect(files.get('.env.example')?.contents).toContain('TLS_CERT_FILE=certs/server.pem');
    expect([...files.keys()].filter((path) => path.startsWith('certs/'))).toEqual([]);
  });
});

describe('certificates', () => {
  it('are for every name of the project, and only their key is for its owner alone', async () => {
    const files = await filesOf('--hostname', 'a.test');
    const modes = ['certs/ca.pem', 'certs/server.pem', 'certs/server-key.pem'].map(
      (path) => files.get(path)?.mode,
    );
    expect(modes).toEqual([0o644, 0o644, 0o600]);
    const certificate = new X509Certificate(files.get('certs/server.pem')?.contents ?? '');
    for (const name of ['localhost', 'my-app.localhost', 'a.test'])
      expect(certificate.checkHost(name)).toBe(name);
  });
});

describe('the manifest', () => {
  it('comes last, and knows neither secrets nor certificates', async () => {
    const files = await filesOf();
    expect([...files.keys()].at(-1)).toBe('.secure-session.json');
    const manifest = JSON.parse(files.get('.secure-session.json')?.contents ?? '');
    expect(Object.keys(manifest.files)).toEqual(['.env.example', 'package.json']);
  });
});
