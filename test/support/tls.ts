import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:https';
import { type AddressInfo, isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { afterAll, type TestContext } from 'vitest';

/** What the certificate tests share: keys, files, an HTTPS server and three clients. Cleans up after the test file. */

const servers: Server[] = [];
let temporary: string | undefined;

afterAll(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
  if (temporary) rmSync(temporary, { recursive: true });
  temporary = undefined;
});

export function folder(): string {
  temporary ??= mkdtempSync(join(tmpdir(), 'certificates-'));
  return temporary;
}

/** Writes a file into the test file's folder and returns its path. */
export function put(name: string, text: string): string {
  const path = join(folder(), name);
  writeFileSync(path, text);
  return path;
}

export const keyPair = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' });

export function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** Skips the test with the reason where a tool is missing; with REQUIRE_DATABASE=1 that is a failure. */
export function needsTool(context: TestContext, tool: string): void {
  if (spawnSync('which', [tool]).status === 0) return;
  const reason = `"${tool}" is not on the PATH (test/databases/install.sh installs it)`;
  if (process.env.REQUIRE_DATABASE) throw new Error(reason);
  context.skip(reason);
}

/** An HTTPS server on a free port of 127.0.0.1 that says hello. */
export async function listen(cert: string, key: string): Promise<number> {
  const server = createServer({ cert, key }, (_request, response) => response.end('hello'));
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

/** What Node gets from the server on `port` when it believes to talk to `name` and trusts `ca` alone. */
export function getFrom(port: number, ca: string, name: string): Promise<string> {
  const options = {
    host: '127.0.0.1',
    port,
    ca,
    agent: false,
    servername: isIP(name) === 0 ? name : '',
    checkServerIdentity: (_host: string, certificate: PeerCertificate) =>
      checkServerIdentity(name, certificate),
  };
  return new Promise((done, fail) => {
    request(options, (response) => response.setEncoding('utf8').once('data', done))
      .once('error', fail)
      .end();
  });
}

/** "OK", or what openssl verify has against the certificate. */
export function opensslVerify(
  caFile: string,
  cert: string,
  name: string | undefined,
  ...more: string[]
): string {
  const host = name === undefined ? [] : [isIP(name) === 0 ? '-verify_hostname' : '-verify_ip', name];
  const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', caFile, ...host, ...more];
  const { error, status, stdout, stderr } = spawnSync('openssl', args, { input: cert, encoding: 'utf8' });
  if (error) throw new Error(`openssl is needed to test certificates: ${error.message}`);
  return status === 0 && /: OK$/m.test(stdout) ? 'OK' : stderr;
}
