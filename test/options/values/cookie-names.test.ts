import { describe, expect, it } from 'vitest';
import { checkCookieName } from '../../../src/options/values/cookie-names.ts';

describe('checkCookieName', () => {
  it.each(['__Host-id', '__Secure-id', '__Host-Http-sid', '__Http-sid', "__Host-!#$%&'*+-.^_`|~"])(
    'takes %s',
    (name) => {
      expect(checkCookieName(name)).toBe(name);
    },
  );

  it.each([
    '__Host-a b',
    '__Host-a;b',
    '__Host-a=b',
    '__Host-a,b',
    '__Host-"a"',
    '__Host-é',
    '__Host-a\tb',
    '',
    '__Host-(a)',
  ])('refuses "%s", which is no token of RFC 6265', (name) => {
    expect(() => checkCookieName(name)).toThrow('RFC 6265');
  });

  it.each([
    ['id', '__Host-id'],
    ['connect.sid', '__Host-connect.sid'],
    ['__host_id', '__Host-__host_id'],
  ])('refuses %s, which another host could plant, and names %s', (name, better) => {
    expect(() => checkCookieName(name)).toThrow(better);
  });

  it.each(['__Host-', '__Secure-', '__Host-Http-'])('refuses %s, which is a prefix and no name', (name) => {
    expect(() => checkCookieName(name)).toThrow(/only a prefix|lacks/);
  });

  it.each(['__host-id', '__HOST-id', '__secure-id'])(
    'refuses %s, which only some browsers take for a prefix',
    (name) => {
      expect(() => checkCookieName(name)).toThrow('has a prefix in the wrong case');
    },
  );

  it('refuses a name that is longer than anybody needs', () => {
    expect(() => checkCookieName(`__Host-${'a'.repeat(100)}`)).toThrow('107 characters');
  });
});
