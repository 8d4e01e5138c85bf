import { describe, expect, it } from 'vitest';
import { checkTrustedProxy } from '../../../src/options/values/proxies.ts';

describe('checkTrustedProxy', () => {
  it.each(['10.0.0.0/8', '192.168.1.7', '172.16.0.0/12', 'fc00::/7', '2001:db8::1', '::1/128', '1', '2'])(
    'takes %s',
    (text) => {
      expect(checkTrustedProxy(text)).toBe(text);
    },
  );

  it.each(['0.0.0.0/0', '::/0', '0.0.0.0/1', '128.0.0.0/1', '2000::/3', '10.0.0.0/7'])(
    'refuses %s, because then anybody could claim any address and scheme',
    (text) => {
      expect(() => checkTrustedProxy(text)).toThrow('trusts everyone');
    },
  );

  it.each(['0.0.0.0', '::'])('refuses %s, which stands for every address', (text) => {
    expect(() => checkTrustedProxy(text)).toThrow('every address');
  });

  it('refuses IPv4 hidden in IPv6, where a short prefix trusts all of IPv4', () => {
    expect(() => checkTrustedProxy('::ffff:0:0/96')).toThrow('write it as IPv4');
  });

  it.each([
    'true',
    '*',
    'proxy.example.com',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0/8',
    '10.0.0.0/8/8',
    '1.2.3',
    'fe80::1%eth0',
  ])('refuses %s', (text) => {
    expect(() => checkTrustedProxy(text)).toThrow(RangeError);
  });

  it.each(['0', '11'])('refuses %s hops', (text) => {
    expect(() => checkTrustedProxy(text)).toThrow('1 to 10');
  });
});
