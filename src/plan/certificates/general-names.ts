import { sequence, tagged, taggedConstructed } from './der.ts';
import type { HostNames } from './host-names.ts';

/** The names of a server as its certificate lists them. @see RFC 5280, 4.2.1.6 */
export function subjectAltName({ dns, ips }: HostNames): Buffer {
  return sequence(...dns.map(dnsName), ...ips.map((ip) => ipAddress(addressBytes(ip))));
}

/**
 * Permits exactly these names, as DNS names and addresses. A kind of name that a constraint does not mention is
 * unlimited: callers always give an address, and where they give no DNS name, all DNS names are excluded. A DNS
 * constraint also permits the sub-domains of its name (RFC 5280, 4.2.1.10), so `localhost` covers `x.localhost`.
 */
export function nameConstraints({ dns, ips }: HostNames): Buffer {
  const permitted = [...dns.map(dnsName), ...ips.map(singleAddress)].map((name) => sequence(name));
  const excluded = dns.length === 0 ? [taggedConstructed(1, sequence(dnsName('')))] : [];
  return sequence(taggedConstructed(0, ...permitted), ...excluded);
}

const dnsName = (name: string): Buffer => tagged(2, Buffer.from(name, 'latin1'));

const ipAddress = (...bytes: Buffer[]): Buffer => tagged(7, ...bytes);

/** An address with a mask of all ones: 127.0.0.1/32, ::1/128. */
function singleAddress(ip: string): Buffer {
  const address = addressBytes(ip);
  return ipAddress(address, Buffer.alloc(address.length, 0xff));
}

/** The 4 or 16 bytes of an IP address in the spelling of HostNames. */
function addressBytes(ip: string): Buffer {
  if (!ip.includes(':')) return Buffer.from(ip.split('.').map(Number));
  const [head = '', tail = ''] = ip.split('::');
  const [front, back] = [groupBytes(head), groupBytes(tail)];
  return Buffer.concat([front, Buffer.alloc(16 - front.length - back.length), back]);
}

function groupBytes(groups: string): Buffer {
  const hex = groups.split(':').map((group) => group.padStart(4, '0'));
  return groups === '' ? Buffer.alloc(0) : Buffer.from(hex.join(''), 'hex');
}
