/** Which server may be audited, and how is it reached? Loopback and private addresses, or a host named by hand. */
import { randomInt } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { createSecureContext, rootCertificates } from 'node:tls';
import { UserError } from '../../../errors.ts';
import type { Route } from './exchange.ts';

export interface TargetOptions {
  mayTest: readonly string[];
  caFile: string | undefined;
  isInsecure: boolean;
}

export interface Target {
  origin: URL;
  route: Route;
  /** The certificate is not checked. */
  isInsecure: boolean;
  isLoopback: boolean;
  addresses: readonly Address[];
}

interface Address {
  address: string;
  family: number;
}

/** @throws UserError when the address is not an origin, may not be tested or does not resolve */
export async function resolveTarget(text: string, options: TargetOptions): Promise<Target> {
  const origin = readOrigin(text);
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  const addresses = await addressesOf(host);
  const isLoopback = addresses.every(({ address }) => isIn(LOOPBACK, address));
  const isPrivate = addresses.every(({ address }) => isIn(LOOPBACK, address) || isIn(PRIVATE, address));
  if (!isPrivate && !options.mayTest.includes(host)) {
    throw new UserError('host_not_allowed', `${host} is neither this machine nor in a private network`, {
      flag: 'i-may-test',
      fix: `If you may test it, add --i-may-test ${host}.`,
    });
  }
  return {
    origin,
    route: routeTo(origin, host, addresses, options),
    isInsecure: options.isInsecure,
    isLoopback,
    addresses,
  };
}

/** The same server on another port or scheme. */
export function elsewhere({ route }: Target, isTls: boolean, port: number | string): Route {
  return { isTls, options: { ...route.options, port } };
}

/**
 * Loopback has many addresses, and apps count guesses and registrations by address: with one of its own an audit is
 * not refused after a few others, and does not lock out the developer, who is 127.0.0.1. macOS has only that one.
 */
export function fromAnotherAddress({ route, isLoopback, addresses }: Target): Route {
  if (!isLoopback || addresses[0]?.family !== 4 || process.platform === 'darwin') return route;
  const localAddress = `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
  return { ...route, options: { ...route.options, family: 4, localAddress } };
}

/** The port that an origin means when it names none. */
export const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80');

// --- internal ---

const LOOPBACK = blockList(['127.0.0.0', 8, 'ipv4'], ['::1', 128, 'ipv6']);
const PRIVATE = blockList(
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
);

function blockList(...nets: readonly [string, number, 'ipv4' | 'ipv6'][]): BlockList {
  const list = new BlockList();
  for (const net of nets) list.addSubnet(...net);
  return list;
}

const isIn = (list: BlockList, address: string): boolean =>
  list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

function readOrigin(text: string): URL {
  const fix = 'Write it as in the address bar, such as https://localhost:3443.';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UserError('bad_value', `"${text}" is not an http or https address`, { fix });
  }
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password) {
    throw new UserError('bad_value', `"${text}" is more than scheme, host and port`, {
      fix: `Use ${url.origin}${url.pathname === '/' ? '' : ` with --home 'GET ${url.pathname}', and whole paths in the other requests`}.`,
    });
  }
  return url;
}

/** `localhost` and names under it are this machine whatever a resolver says (RFC 6761). */
async function addressesOf(host: string): Promise<Address[]> {
  if (isIP(host)) return [{ address: host, family: isIP(host) }];
  if (/(^|\.)localhost$/.test(host)) {
    return [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ];
  }
  try {
    return await lookup(host, { all: true });
  } catch {
    throw new UserError('target_unreachable', `the host ${host} is not known`, { fix: 'Check the address.' });
  }
}

/** Every connection goes to the addresses that were looked at: a name must not lead elsewhere a moment later. */
function routeTo(
  origin: URL,
  host: string,
  addresses: Address[],
  { caFile, isInsecure }: TargetOptions,
): Route {
  const pinned: LookupFunction = (_host, { all }, done) => {
    const [first] = addresses;
    if (all) done(null, addresses);
    else done(null, first?.address ?? '', first?.family ?? 4);
  };
  const isTls = origin.protocol === 'https:';
  const ca = caFile === undefined ? {} : { ca: [...rootCertificates, readFileSync(caFile, 'utf8')] };
  const tls = {
    // Made once: reading all root certificates takes longer than a request.
    ...(isTls && { secureContext: createSecureContext(ca) }),
    rejectUnauthorized: !isInsecure,
    ...(isIP(host) ? {} : { servername: host }),
  };
  return {
    isTls,
    options: {
      host,
      port: portOf(origin),
      lookup: pinned,
      ...(isTls && tls),
    } as Route['options'],
  };
}
