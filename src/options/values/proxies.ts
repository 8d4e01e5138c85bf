import { quoted } from '../../legible.ts';
import { addressFamily, usualAddress } from './addresses.ts';

/** The largest private blocks are 10.0.0.0/8 and fc00::/7. Any larger block includes public addresses. */
const SHORTEST_PREFIX: Record<number, number> = { 4: 8, 6: 7 };

const MOST_HOPS = 10;

/**
 * One `--trust-proxy` value: an address, a block of addresses (CIDR) or a number of hops.
 *
 * @throws RangeError for anything else, and for a block that trusts everyone: a trusted client can use X-Forwarded-For to
 * choose the address that throttling counts and the scheme that Secure cookies rely on
 */
export function checkTrustedProxy(text: string): string {
  if (isHops(text)) return checkHops(text);
  const [written = '', prefix, ...more] = text.split('/');
  const family = addressFamily(written);
  if (family === 0 || more.length > 0) {
    throw new RangeError(
      `${quoted(text)} is neither an address, a block such as 10.0.0.0/8, nor a number of hops`,
    );
  }
  const address = usualAddress(written);
  if (/^(::ffff|64:ff9b):/.test(address))
    throw new RangeError(`${quoted(text)} is an IPv4 address inside IPv6; write it as IPv4`);
  if (prefix === undefined) return checkAddress(address);
  const length = Number(prefix);
  if (!/^\d{1,3}$/.test(prefix) || length > (family === 4 ? 32 : 128)) {
    throw new RangeError(`${quoted(text)} has no valid prefix length after the /`);
  }
  if (length < (SHORTEST_PREFIX[family] ?? 0) || holdsAllOfIpv4(address, length)) {
    throw new RangeError(
      `${quoted(text)} trusts everyone or almost everyone; use the address or block of the proxy itself`,
    );
  }
  return `${address}/${length}`;
}

export const isHops = (text: string): boolean => /^\d+$/.test(text);

function checkHops(text: string): string {
  const hops = Number(text);
  if (hops < 1 || hops > MOST_HOPS)
    throw new RangeError(`${quoted(text)} is not a possible number of hops; use 1 to ${MOST_HOPS}`);
  return String(hops);
}

function checkAddress(address: string): string {
  if (address === '0.0.0.0' || address === '::')
    throw new RangeError(`${quoted(address)} means every address`);
  return address;
}

/** A server that listens on IPv6 sees every IPv4 client below ::ffff:0:0/96. */
const holdsAllOfIpv4 = (address: string, length: number): boolean =>
  address.includes(':') && bitsOf(address).slice(0, length) === bitsOf('::ffff:0:0').slice(0, length);

/** The 128 digits of an IPv6 address in its usual form. */
function bitsOf(address: string): string {
  const [front = [], back = []] = address
    .split('::')
    .map((groups) => groups.split(':').filter((group) => group !== ''));
  const between = Array.from({ length: 8 - front.length - back.length }, () => '0');
  return [...front, ...between, ...back]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('');
}
