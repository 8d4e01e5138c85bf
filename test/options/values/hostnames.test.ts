import { describe, expect, it } from 'vitest';
import { checkHostname } from '../../../src/options/values/hostnames.ts';
import { sortHostNames } from '../../../src/plan/certificates/host-names.ts';

describe('checkHostname', () => {
  it.each([
    ['app.test', 'app.test'],
    ['App.Test.', 'app.test'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['localhost', 'localhost'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['192.168.1.5', '192.168.1.5'],
    ['FE80:0:0::1', 'fe80::1'],
  ])('takes %s as %s, and so does the certificate', (text, usual) => {
    expect(checkHostname(text)).toBe(usual);
    const { dns, ips } = sortHostNames([text]);
    expect([...dns, ...ips]).toEqual([usual]);
  });

  it.each([
    '*.app.test',
    'https://app.test',
    'app.test:3443',
    'app.test/path',
    'app.test\\path',
    'app.test?query',
    'a b',
    'a\nb',
    'a\tb',
    '%61b',
    '',
    '-a.test',
    'a..b',
    '1.2.3',
    'a'.repeat(64),
    'fe80::1%eth0',
    'x.com/evil',
    'x.com\u0000',
    'x.com\u202e',
    'a_b.test',
    'x.com;y.com',
    'x，y.test',
  ])('refuses %j', (text) => {
    expect(() => checkHostname(text)).toThrow(RangeError);
  });

  it.each(['com', 'uk', 'COM.', 'my_container', 'bücher'])(
    'refuses %s: a CA for it would be one for everything below',
    (text) => {
      expect(() => checkHostname(text)).toThrow(RangeError);
    },
  );

  it.each(['0.0.0.0', '::', '0::0', '0:0:0:0:0:0:0:0'])(
    'refuses %s, which is no address of a server',
    (text) => {
      expect(() => checkHostname(text)).toThrow('every address');
    },
  );
});
