/**
 * Which proxies are believed about a client's address and scheme. A client can send X-Forwarded-* itself, so only
 * what a configured proxy added counts, read from the right (ASVS 4.1.3).
 */
import { BlockList, isIP } from 'node:net';
import type { TrustProxy } from './protection/plain-http.ts';

const MAX_HOPS = 10;

/**
 * @param text nothing: nobody is believed. A number: that many proxies in front, on whatever addresses; only right
 *   when nobody can reach the app past them. Otherwise addresses or networks, separated by commas.
 * @throws Error for anything else, and for a network that holds everybody
 */
export function parseTrustProxy(text = ''): TrustProxy {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
  if (items.length === 0) return () => false;
  if (items.length === 1 && /^\d+$/.test(items[0] ?? '')) {
    const hops = Number(items[0]);
    if (hops < 1 || hops > MAX_HOPS) throw new Error(`the number of proxies must be from 1 to ${MAX_HOPS}`);
    return (_address, hop) => hop < hops;
  }
  const networks = new BlockList();
  for (const item of items) addNetwork(networks, item);
  // Frameworks ask with no address at all once a client has left.
  return (address = '') => isIP(address) !== 0 && networks.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

function addNetwork(networks: BlockList, item: string): void {
  const [address = '', prefix, ...rest] = item.split('/');
  const version = isIP(address);
  const bits = prefix === undefined ? (version === 4 ? 32 : 128) : Number(prefix || Number.NaN);
  if (version === 0 || rest.length > 0 || !Number.isInteger(bits)) {
    throw new Error(`"${item}" is neither an address nor a network nor a number of proxies`);
  }
  if (bits === 0) throw new Error(`"${item}" would believe everybody`);
  networks.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
}
