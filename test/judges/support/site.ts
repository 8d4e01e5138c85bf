import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { join } from 'node:path';
import { freePort } from '../../databases/free-port.ts';
import { emit } from '../../emitted/support/emit.ts';
import { runScript } from '../../emitted/support/scripts.ts';
import { start } from '../../package/support/server.ts';
import { folder } from '../../support/tls.ts';

/** What a judge looks at: a server on loopback that has a name and a certificate for it. */
export interface Site {
  name: string;
  /** Of https, and of the listener for plain http. */
  ports: { https: number; http: number };
  /** Whom to trust for it: the certificate itself. */
  certFile: string;
  stop(): Promise<unknown>;
}

/** What a certificate is about, which decides on the TLS suites that can be offered with it. */
export type Key = keyof typeof KEYS;

const NAME = 'site.test';
const KEYS = { ec: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], rsa: ['rsa:2048'] };

/** A project in production mode: built, its database set up by its own script, started as its owner would. */
export async function startProject(framework: string, databaseUrl: string, key: Key = 'ec'): Promise<Site> {
  const directory = await emit(
    'judged',
    ['--framework', framework, '--store', 'postgres'],
    `judged-${framework}`,
  );
  const { certFile, keyFile } = selfSigned(key);
  const ports = { https: await freePort(), http: await freePort() };
  const env = {
    NODE_ENV: 'production',
    APP_ORIGINS: `https://${NAME}`,
    PORT: String(ports.https),
    HTTP_PORT: String(ports.http),
    SESSION_SECRETS: randomBytes(32).toString('base64url'),
    TLS_CERT_FILE: certFile,
    TLS_KEY_FILE: keyFile,
    DATABASE_URL: databaseUrl,
    ALLOW_UNVERIFIED_DATABASE: 'true',
  };
  const { code, output } = await runScript(directory, 'admin', { args: 'migrate', env });
  if (code !== 0) throw new Error(output);
  const server = await start(['node', 'dist/src/server.js'], directory, /sys_startup/, { env });
  return { name: NAME, ports, certFile, stop: () => server.end('SIGTERM') };
}

/** A server without any care, to prove that a judge sees the difference. */
export async function startCareless(tls: ServerOptions = {}): Promise<Site> {
  const { certFile, keyFile } = selfSigned('ec');
  const page: RequestListener = (_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>careless</title>');
  };
  const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const https = createHttpsServer({ ...pair, ...tls }, page);
  const http = createHttpServer(page);
  const ports = { https: await listen(https), http: await listen(http) };
  const stop = async () => {
    for (const server of [https, http]) server.close().closeAllConnections();
  };
  return { name: NAME, ports, certFile, stop };
}

// --- internal ---

/** Not from the project's own authority: production refuses what was made for development. */
function selfSigned(kind: Key): { certFile: string; keyFile: string } {
  const path = join(folder(), randomBytes(6).toString('hex'));
  const files = { certFile: `${path}.pem`, keyFile: `${path}-key.pem` };
  const key = ['-newkey', ...KEYS[kind], '-noenc', '-keyout', files.keyFile];
  const subject = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`, '-days', '2'];
  const args = ['req', '-x509', ...key, ...subject, '-out', files.certFile];
  const { status, error, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl makes no certificate: ${error?.message ?? stderr}`);
  return files;
}

function listen(server: Server): Promise<number> {
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port));
  });
}
