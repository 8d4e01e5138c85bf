import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../support/fuzz-seed.ts';
import { addressFamily } from '../../../src/options/values/addresses.ts';

describe('addressFamily', () => {
  it.each([
    '1.2.3.4',
    '256.1.1.1',
    '01.2.3.4',
    '::',
    '::1',
    '1::2::3',
    'fe80::1%eth0',
    '::ffff:1.2.3.4',
    ':',
    '1.2.3.4.5',
    '[::1]',
    'a',
  ])('agrees with node:net about %s', (text) => {
    expect(addressFamily(text)).toBe(text.includes('%') ? 0 : isIP(text));
  });

  it('agrees with node:net about any address, and about near misses', () => {
    const nearMiss = fc.string({ unit: fc.constantFrom(...'0123456789abcf:.'), maxLength: 24 });
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), nearMiss), (text) => addressFamily(text) === isIP(text)),
    );
  });
});
