import { describe, expect, it } from 'vitest';
import { checkTrustedProxy } from '../../../src/options/values/proxies.ts';

// As a project has it. The compiler would read it by the rules of projects.
const { parseTrustProxy } = await import(
  `${process.cwd()}/test/emitted/snapshots/shared/src/protection/https.ts`
);

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

  it.each([
    '::ffff:0:0/96',
    '0::ffff:0:0/96',
    '0:0:0:0:0:ffff:0:0/96',
    '::FFFF:0.0.0.0/96',
    '::ffff:10.0.0.1',
    '64:ff9b::/96',
    '64:ff9b:0::a00:1',
  ])('refuses %s, IPv4 hidden in IPv6', (text) => {
    expect(() => checkTrustedProxy(text)).toThrow('write it as IPv4');
  });

  it.each(['::/7', '::/8', '1::/8', '0:0:1::/33', '::/80', '::fffe:0:0/95'])(
    'refuses %s, which holds every IPv4 client',
    (text) => {
      expect(() => checkTrustedProxy(text)).toThrow('trusts everyone');
    },
  );

  it('writes addresses in their usual form', () => {
    expect(checkTrustedProxy('FC00:0::/7')).toBe('fc00::/7');
    expect(checkTrustedProxy('2001:DB8:0:0::1')).toBe('2001:db8::1');
  });

  // IPv4 hidden in IPv6 aside: the project takes it for what it is, and we ask for the plain form.
  it.each([
    ...['10.0.0.0/8', '192.168.1.7', 'fc00::/7', '2001:db8::1', '::1/128', '1', '10', '2001:db8::/32'],
    ...['0.0.0.0/0', '::/0', '0.0.0.0/1', '128.0.0.0/1', '2000::/3', '10.0.0.0/7', 'true', '*', '0', '11'],
    ...['::/7', '::/8', '1::/8', '0:0:1::/33', '::/80', '::ffff:0:0/96', '0::ffff:0:0/96', '64:ff9b::/96'],
    ...['10.0.0.0/33', '10.0.0.0/', '10.0.0/8', '10.0.0.0/8/8', '1.2.3', 'fc00::/129', '::ffff:0:0/95'],
  ])('takes or refuses %s like the project, which reads it again', (text) => {
    const refuses = (read: (text: string) => unknown): boolean => {
      try {
        read(text);
        return false;
      } catch {
        return true;
      }
    };
    expect(refuses(checkTrustedProxy)).toBe(refuses(parseTrustProxy));
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
