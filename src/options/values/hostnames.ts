import { domainToASCII } from 'node:url';
import { quoted } from '../../legible.ts';
import { addressFamily, usualAddress } from './addresses.ts';

/** Letters and digits of any script. Without this, domainToASCII makes "a" of "a/b", drops line breaks and decodes "%61". */
const NAME = /^[\p{L}\p{M}\p{N}.-]+$/u;

/** Most names need no table of all scripts, which takes half a millisecond to build. */
const ASCII_NAME = /^[a-z\d.-]+$/i;

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const LONGEST_NAME = 253;

/**
 * A host name or an address for the development certificate, in canonical form; international names become punycode.
 *
 * @throws RangeError for anything else. A CA for a wildcard or a single word such as "com" could issue for everything
 * below it.
 */
export function checkHostname(text: string): string {
  if (addressFamily(text) !== 0) return checkAddress(usualAddress(text));
  const name = ASCII_NAME.test(text) || NAME.test(text) ? domainToASCII(text.replace(/\.$/, '')) : '';
  const labels = name.split('.');
  // Browsers read a name that ends in digits as an IPv4 address.
  const isName = labels.every((label) => DNS_LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
  if (name.length > LONGEST_NAME || !isName)
    throw new RangeError(
      `${quoted(text)} is neither a host name nor an IP address; wildcards are not possible`,
    );
  if (labels.length === 1 && name !== 'localhost')
    throw new RangeError(`${quoted(text)} is a single word; use a whole name, such as ${name}.test`);
  return name;
}

function checkAddress(address: string): string {
  if (address === '0.0.0.0' || address === '::')
    throw new RangeError(`"${address}" means every address; use one that the server is reached at`);
  return address;
}
