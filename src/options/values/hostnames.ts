import { domainToASCII } from 'node:url';
import { quoted } from '../../legible.ts';
import { addressFamily, usualAddress } from './addresses.ts';

/** RFC 1123 allows no underscores in host names, but npm and compose use them in names that end up here. */
const DNS_LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

const LONGEST_NAME = 253;

/**
 * A host name or an address for the development certificate, in canonical form; international names become punycode.
 *
 * @throws RangeError for anything else. A wildcard would need a CA that can issue for a whole domain.
 */
export function checkHostname(text: string): string {
  if (addressFamily(text) !== 0) return usualAddress(text);
  const name = domainToASCII(text.replace(/\.$/, ''));
  const labels = name.split('.');
  // Browsers read a name that ends in digits as an IPv4 address. domainToASCII turns "a/b" into "a", drops line breaks
  // and decodes "%61".
  const isName =
    labels.every((label) => DNS_LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '') &&
    !/[\s%/?#\\@:]/.test(text);
  if (name.length > LONGEST_NAME || !isName) {
    throw new RangeError(
      `${quoted(text)} is neither a host name nor an IP address; wildcards are not possible`,
    );
  }
  return name;
}
