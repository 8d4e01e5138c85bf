/** The server that `npm run dev` runs: where it is, and that it is on this machine and nowhere else. */
import { existsSync, readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { createServer, isIPv4 } from 'node:net';
import { ConfigError, readConfig } from '../../src/config.ts';
import { ENGINE_URL_VARIABLE } from '../../src/engine.ts';
import { UsageError } from '../with-engine.ts';
import { Browser } from './browser.ts';

const CA_FILE = 'certs/ca.pem';

/** Makes browsers of different people, for one server on this machine. */
export type Browsers = () => Browser;

/**
 * The first address in APP_ORIGINS that can only be this machine.
 * @throws UsageError when there is none, and for a production server
 */
export function loopbackOrigin(): string {
  if (process.env.NODE_ENV === 'production') throw new UsageError('Attacks are for development servers.');
  const { origins } = readSettings();
  const origin = origins.find((candidate) => isLoopback(new URL(candidate).hostname));
  if (origin) return origin;
  throw new UsageError(
    `Attacks are for this machine only, and APP_ORIGINS (${origins.join(', ')}) names no loopback address.`,
  );
}

/** Browsers that reach nothing but this machine, each from an address of its own where the system has them. */
export async function browsersFor(origin: string, ca = readCa()): Promise<Browsers> {
  const hasAddresses = await canBind(ownAddress());
  return () => {
    const address = hasAddresses ? ownAddress() : '127.0.0.1';
    const connection: RequestOptions = { lookup: toLoopback, ...(hasAddresses && { localAddress: address }) };
    return new Browser(origin, ca, address, connection);
  };
}

/** @throws UsageError that says what to do when no server answers there, or a foreign one */
export async function expectServer(browsers: Browsers): Promise<void> {
  const browser = browsers();
  try {
    const { status } = await browser.get('/livez');
    if (status === 200) return;
    throw new Error(`it answered ${status}`);
  } catch (error) {
    const reason = error instanceof Error ? ('code' in error ? error.code : error.message) : error;
    throw new UsageError(
      reason === 'ECONNREFUSED'
        ? `No server answers at ${browser.origin}. Start it in another terminal: npm run dev`
        : `What answers at ${browser.origin} is not the server of this project (${reason}).`,
    );
  }
}

// --- internal ---

/** The engine's address is not needed: it is the running server's. */
function readSettings() {
  try {
    return readConfig({ ...process.env, [ENGINE_URL_VARIABLE]: 'of the running server' });
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    throw error;
  }
}

function isLoopback(hostname: string): boolean {
  if (isIPv4(hostname)) return hostname.startsWith('127.');
  return hostname === '[::1]' || hostname === 'localhost' || hostname.endsWith('.localhost');
}

/** Whatever a name resolves to elsewhere, here it is this machine. */
const toLoopback: RequestOptions['lookup'] = (_hostname, options, callback) => {
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

/** The owner's own certificate needs none: the system trusts it. */
function readCa(): string | undefined {
  return existsSync(CA_FILE) ? readFileSync(CA_FILE, 'utf8') : undefined;
}

/** All of 127.0.0.0/8 is this machine. Throttling counts by address, and attackers have many. */
function ownAddress(): string {
  return `127.${[1, 2, 3].map(() => 1 + Math.floor(Math.random() * 253)).join('.')}`;
}

/** macOS has 127.0.0.1 only. */
function canBind(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(0, address, () => server.close(() => resolve(true)));
  });
}
