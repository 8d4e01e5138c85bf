import { domainToASCII } from 'node:url';

/** What a certificate is for: DNS names in lower-case ASCII, IPv4 dotted, IPv6 shortened as in URLs. */
export interface HostNames {
  readonly dns: readonly string[];
  readonly ips: readonly string[];
}

// Underscores are no host name by RFC 1123, but npm and compose allow them in names that end up before `.localhost`.
const DNS_LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Sorts host names into DNS names and addresses, each once, in the order given. International names become punycode.
 *
 * @throws RangeError for anything that is neither. Wildcards are refused too: the name constraint they would need
 * covers a whole domain.
 */
export function sortHostNames(names: readonly string[]): HostNames {
  const dns = new Set<string>();
  const ips = new Set<string>();
  for (const name of names) {
    if (isAddress(name)) ips.add(canonicalAddress(name));
    else dns.add(canonicalDnsName(name));
  }
  return { dns: [...dns], ips: [...ips] };
}

const IPV4 = /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
const LIKE_IPV6 = /^[\da-f:.]*:[\da-f:.]*$/i;

/** Without node:net, whose isIP takes longer at its first call than the whole certificate. */
function isAddress(name: string): boolean {
  return IPV4.test(name) || (LIKE_IPV6.test(name) && URL.canParse(`http://[${name}]`));
}

function canonicalDnsName(name: string): string {
  const ascii = domainToASCII(name.replace(/\.$/, ''));
  const labels = ascii.split('.');
  // A name that ends in a number ("127.1") is read as an address by some clients and as a name by others.
  const endsInNumber = /^\d+$/.test(labels.at(-1) ?? '');
  // domainToASCII cuts a path off ("a/b" becomes "a"): such input is no name.
  if (
    /[/?#\\@:]/.test(name) ||
    ascii.length > 253 ||
    endsInNumber ||
    !labels.every((label) => DNS_LABEL.test(label))
  ) {
    throw new RangeError(`"${name}" is neither a host name nor an IP address`);
  }
  return ascii;
}

/** One spelling per address: the URL parser shortens IPv6 and turns an embedded IPv4 into two groups. */
function canonicalAddress(ip: string): string {
  return ip.includes(':') ? new URL(`http://[${ip}]`).hostname.slice(1, -1) : ip;
}
