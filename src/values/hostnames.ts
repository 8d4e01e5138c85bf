import { sortHostNames } from '../../templates/base/scripts/host-names.ts';

/** A host name or an address for the development certificate, in its usual form. */
export function checkHostname(text: string): string {
  try {
    const { dns, ips } = sortHostNames([text]);
    return [...dns, ...ips].join();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`"${text}" is neither a host name nor an address; wildcards are not possible`);
  }
}
