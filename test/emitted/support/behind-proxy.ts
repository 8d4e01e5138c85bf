import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../databases/free-port.ts';
import { startNginx } from '../../databases/nginx.ts';
import type { RunningServer } from '../../databases/server-process.ts';
import { type Running, start } from '../../package/support/server.ts';
import { emit } from './emit.ts';
import { runScript } from './scripts.ts';

/** Where nginx connects from. A client of that address would be taken for a second proxy: clients have others. */
const PROXY = '127.0.0.9';

/** A server of a project, and nginx in front of it. */
export interface Site {
  /** Past nginx, and through it in clear. */
  readonly directOrigin: string;
  readonly plainOrigin: string;
  /** Somebody with a cookie jar at an address of this machine. Each request claims another, by X-Forwarded-For. */
  browser(address?: string): ProxiedBrowser;
  server: Running;
}

/** A project in production, twice: it trusts the proxy by its address, or as the one there is. */
export interface Production {
  readonly byAddress: Site;
  readonly byNumber: Site;
  stop(): Promise<void>;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  cookies: string[];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

/** `test/support/browser.ts` of the project, as far as it is used here. */
interface ProxiedBrowser {
  get(path: string, options?: { headers: Record<string, string> }): Promise<Answer>;
  post(path: string, body?: unknown, options?: { headers: Record<string, string> }): Promise<Answer>;
}

/** @throws ProgramMissing without nginx */
export async function startProduction(
  name: string,
  flags: readonly string[],
  databaseUrl: string,
): Promise<Production> {
  const proxied = [...flags, '--tls', 'proxy', '--trust-proxy', PROXY];
  const directory = await emit('my-app', proxied, `${name}-behind-proxy`);
  const places = [await newPlace(directory), await newPlace(directory)] as const;

  const env = { ...PRODUCTION, DATABASE_URL: databaseUrl };
  const { code, output } = await runScript(directory, 'admin', { args: 'migrate', env }); // compiles first
  if (code !== 0) throw new Error(`the project cannot be set up:\n${output}`);

  const [byAddress, byNumber] = await Promise.all([
    startSite(directory, places[0], env), // TRUST_PROXY stands in .env
    startSite(directory, places[1], { ...env, TRUST_PROXY: '1' }),
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all([byAddress, byNumber].map(({ server }) => server.end('SIGTERM')));
    for (const { nginx } of places) await nginx.stop();
  };
  return { byAddress, byNumber, stop };
}

// --- internal ---

/** What an owner sets besides. The certificate is nginx's; a test's PostgreSQL speaks no TLS. */
const PRODUCTION = {
  NODE_ENV: 'production',
  SESSION_SECRETS: randomBytes(32).toString('base64url'),
  TLS_CERT_FILE: '',
  TLS_KEY_FILE: '',
  ALLOW_UNVERIFIED_DATABASE: 'true',
};

/** nginx, which answers 502 as long as there is no app behind it. */
interface Place {
  readonly appPort: number;
  readonly plainPort: number;
  readonly nginx: RunningServer;
}

async function newPlace(directory: string): Promise<Place> {
  const [appPort, port, plainPort] = [await freePort(), await freePort(), await freePort()];
  const [cert, key] = [join(directory, 'certs/server.pem'), join(directory, 'certs/server-key.pem')];
  return {
    appPort,
    plainPort,
    nginx: await startNginx({ port, plainPort, cert, key, from: PROXY, appPort }),
  };
}

async function startSite(
  directory: string,
  { appPort, plainPort, nginx }: Place,
  env: Record<string, string>,
): Promise<Site> {
  const command = ['node', '--env-file=.env', 'dist/src/server.js'] as const;
  const mine = { ...env, PORT: String(appPort), APP_ORIGINS: nginx.url };
  const server = await start(command, directory, /sys_startup/, { env: mine });
  const { Browser } = await import(/* @vite-ignore */ join(directory, 'test/support/browser.ts'));
  const ca = readFileSync(join(directory, 'certs/ca.pem'), 'utf8');
  return {
    directOrigin: `http://127.0.0.1:${appPort}`,
    plainOrigin: `http://127.0.0.1:${plainPort}`,
    browser: (localAddress = '127.0.0.1') =>
      new Browser(nginx.url, ca, '203.0.113.1', { family: 4, localAddress }),
    server,
  };
}
