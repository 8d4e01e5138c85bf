/** Client addresses in three forms. All take what the framework derived from the connection and trusted proxies. */
import { isIPv4, isIPv6 } from 'node:net';

/** What throttling counts as one address: an IPv4 address, or the /64 an IPv6 client moves in freely. */
export function addressBlock(ip: string): string {
  const plain = withoutMapping(ip);
  return isIPv6(plain) ? `${groups(plain).slice(0, 4).join(':')}::/64` : plain;
}

/** For the list of sessions: enough to recognise a place (/24, /48), too little to follow a person. */
export function shortenedAddress(ip: string): string {
  const plain = withoutMapping(ip);
  if (isIPv4(plain)) return plain.replace(/\d+$/, '0');
  return isIPv6(plain) ? `${groups(plain).slice(0, 3).join(':')}::` : '';
}

/** `::ffff:192.0.2.1` is how a dual-stack socket names 192.0.2.1. */
function withoutMapping(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  return mapped ?? ip.replace(/%.*$/, '');
}

/** The eight groups of an IPv6 address, each without leading zeros. */
function groups(ip: string): string[] {
  const [head = '', tail = ''] = ip.toLowerCase().split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const gap = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...gap, ...right].map((group) => group.replace(/^0+(?=.)/, ''));
}
