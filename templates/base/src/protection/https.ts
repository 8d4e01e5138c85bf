/**
 * Attack: somebody on the network reads the session cookie, or a client writes X-Forwarded-For itself and is throttled
 * and logged under other people's addresses. The app answers over TLS only, and of addresses believes only what a
 * configured proxy added, read from the right. @see OWASP ASVS 5.0 4.1.3, 12.1.1 and 12.2.1
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import ipaddr, { type IPv4, type IPv6 } from 'ipaddr.js';
import { ApiError } from '../errors.ts';

/** In the subject of every certificate made by scripts/certs.ts. Production refuses a certificate from this issuer. */
export const DEVELOPMENT_ORGANIZATION = 'create-secure-session-app development';

/** Forward secrecy and authenticated encryption only (ASVS 12.1.2). */
export const TLS_OPTIONS: SecureContextOptions = {
  minVersion: 'TLSv1.2',
  ciphers: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20',
};

/**
 * Reads the server's certificate and key, as PEM texts.
 * @throws Error that says what is wrong: missing, unreadable, not a pair, expired, or made for development
 */
export function readTls(certFile: string, keyFile: string, production: boolean) {
  const cert = readFileSync(certFile, 'utf8');
  const key = readFileSync(keyFile, 'utf8');
  const certificate = new X509Certificate(cert);
  if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error('and TLS_KEY_FILE are not a pair');
  if (new Date(certificate.validTo) < new Date()) throw new Error(`expired on ${certificate.validTo}`);
  if (production && certificate.issuer.includes(DEVELOPMENT_ORGANIZATION)) {
    throw new Error('was made for development: no other machine trusts it');
  }
  return { cert, key };
}

/**
 * A request is https when its connection is. Where a trusted proxy reports the scheme it saw, that counts instead.
 * Every value of X-Forwarded-Proto must agree: a value that a client put in front can then only hurt that client.
 * @throws ApiError `https_required`
 */
export function requireHttps({ socket, headers }: IncomingMessage, trustProxy: TrustProxy): void {
  const forwarded = trustProxy(socket.remoteAddress ?? '', 0) ? headers['x-forwarded-proto'] : undefined;
  const isHttps =
    forwarded === undefined ? (socket as Partial<TLSSocket>).encrypted : /^https( *, *https)*$/.test(String(forwarded));
  if (!isHttps) throw new ApiError('https_required');
}

/** Whether an address belongs to a configured proxy; `hop` 0 is the peer of the connection. */
export type TrustProxy = (address: string, hop: number) => boolean;

const MAX_HOPS = 10;

/** The widest networks a proxy may be in: those for private use, 10.0.0.0/8 and fc00::/7. */
const MIN_PREFIX = { ipv4: 8, ipv6: 7 } as const;

/**
 * @param text empty: nobody is believed. A number: that many proxies in front, whatever their addresses; only safe
 *   when nobody can reach the app past them. Otherwise addresses or networks, separated by commas.
 * @throws Error for anything else, and for a network that contains most clients
 */
export function parseTrustProxy(text = ''): TrustProxy {
  const items = text.split(/\s*,\s*/).filter(Boolean);
  if (items.length === 1 && /^\d+$/.test(items[0] ?? '')) {
    const hops = Number(items[0]);
    if (hops < 1 || hops > MAX_HOPS) throw new Error(`the number of proxies must be from 1 to ${MAX_HOPS}`);
    return (_address, hop) => hop < hops;
  }
  const networks = items.map(parseNetwork);
  return (address) => {
    const ip = networks.length > 0 ? parseAddress(address) : null;
    return ip !== null && networks.some(([network, bits]) => ip.kind() === network.kind() && ip.match(network, bits));
  };
}

/** What throttling counts as one address: an IPv4 address, or the /64 an IPv6 client can move within. */
export function addressBlock(address: string): string {
  return masked(address, { ipv4: 32, ipv6: 64 });
}

/** For the list of sessions: enough to recognise a place (/24, /48), too little to follow a person. */
export function truncatedAddress(address: string): string {
  return masked(address, { ipv4: 24, ipv6: 48 });
}

function masked(address: string, bits: { ipv4: number; ipv6: number }): string {
  const ip = parseAddress(address);
  if (!ip) return '';
  const cidr = `${ip.toString()}/${bits[ip.kind()]}`;
  return (ip.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(cidr).toString();
}

/** Null for what is no address. Some proxies append a port (`192.0.2.1:443`, `[2001:db8::1]:443`); it is dropped. */
function parseAddress(text: string): IPv4 | IPv6 | null {
  const bare = text.replace(/^\[(.*)\](:\d+)?$|^([\d.]+):\d+$/, '$1$3').replace(/%.*$/, '');
  return isIP(bare) ? plain(ipaddr.parse(bare)) : null;
}

/** An IPv4 address that is written as IPv6 (mapped, or through NAT64) is the same client. */
function plain(ip: IPv4 | IPv6): IPv4 | IPv6 {
  if (ip.kind() === 'ipv4') return ip;
  const range = ip.range();
  return range === 'ipv4Mapped' || range === 'rfc6052' ? new ipaddr.IPv4(ip.toByteArray().slice(-4)) : ip;
}

function parseNetwork(item: string): [IPv4 | IPv6, number] {
  const address = item.replace(/\/\d+$/, '');
  const network = address === item ? `${item}/${isIP(item) === 4 ? 32 : 128}` : item;
  if (isIP(address) === 0 || !ipaddr.isValidCIDR(network)) {
    throw new Error(`"${item}" is neither an address nor a network nor a number of proxies`);
  }
  const [written, writtenBits] = ipaddr.parseCIDR(network);
  const ip = plain(written);
  const bits = ip.kind() === written.kind() ? writtenBits : writtenBits - 96;
  const holdsIpv4 = ip.kind() === 'ipv6' && ipaddr.parse('::ffff:0:0').match(ip, bits);
  if (bits < MIN_PREFIX[ip.kind()] || holdsIpv4) throw new Error(`"${item}" would believe too many clients`);
  return [ip, bits];
}
