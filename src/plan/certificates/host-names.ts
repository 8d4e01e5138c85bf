import { addressFamily } from '../../options/values/addresses.ts';
import { checkHostname } from '../../options/values/hostnames.ts';

/** The names of a certificate: DNS names in lower-case ASCII, IPv4 dotted, IPv6 shortened as in URLs. */
export interface HostNames {
  readonly dns: readonly string[];
  readonly ips: readonly string[];
}

/**
 * Sorts host names into DNS names and addresses, each once, in the order given.
 *
 * @throws RangeError for anything that is neither
 */
export function sortHostNames(names: readonly string[]): HostNames {
  const unique = [...new Set(names.map(checkHostname))];
  const isAddress = (name: string): boolean => addressFamily(name) !== 0;
  return { dns: unique.filter((name) => !isAddress(name)), ips: unique.filter(isAddress) };
}
