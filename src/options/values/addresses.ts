/**
 * 4 or 6 for an IP address, otherwise 0. Does not use isIP of node:net, whose first call takes 5 ms.
 */
export function addressFamily(text: string): 0 | 4 | 6 {
  if (/^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/.test(text)) return 4;
  return /^[\da-f:.]*:[\da-f:.]*$/i.test(text) && URL.canParse(`http://[${text}]`) ? 6 : 0;
}

/** The form URLs use: IPv6 shortened, in lower case. */
export const usualAddress = (address: string): string =>
  address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
