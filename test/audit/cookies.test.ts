import { CookieJar } from 'tough-cookie';
import { describe, expect, it } from 'vitest';
import { BrowserJar, parseSetCookie, refusalOf } from '../../src/commands/audit/http/set-cookie.ts';

/** Our small jar against a known one, which is too large to bundle. */

const ORIGIN = new URL('https://app.example.org');

const COOKIES = [
  'a=1',
  'a=1; Path=/; Secure; HttpOnly; SameSite=Lax',
  'a=1; Max-Age=0',
  'a=1; Max-Age=60',
  'a=1; Max-Age=abc',
  'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
  'a=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT; Max-Age=-1',
  'a=1; Domain=example.org',
  'a=1; Domain=.example.org',
  'a=1; Domain=other.example',
  'a=1; Domain=evil.app.example.org',
  '__Host-a=1; Path=/; Secure',
  '__Host-a=1; Secure; Path=/api',
  '__Host-a=1; Path=/',
  '__Host-a=1; Path=/; Secure; Domain=app.example.org',
  '__Secure-a=1; Secure',
  '__Secure-a=1',
  'a=x=y=z',
  'a="quoted"',
];

describe('BrowserJar', () => {
  it.each(COOKIES)('keeps or refuses %s as tough-cookie does', (raw) => {
    const known = new CookieJar(undefined, { prefixSecurity: 'strict', rejectPublicSuffixes: false });
    let isKept = false;
    try {
      known.setCookieSync(raw, ORIGIN.href);
      isKept = known.getCookiesSync(ORIGIN.href).length > 0;
    } catch {
      // Refused.
    }
    const jar = new BrowserJar(ORIGIN);
    const sent = { method: 'GET', path: '/', headers: {}, body: '' };
    jar.take({ sent, status: 200, headers: [['Set-Cookie', raw]], body: '' });
    const { name } = parseSetCookie(raw);
    // A cookie for /api is kept, though not sent to /.
    if (/Path=\/api/.test(raw)) return expect(jar.valuesOf(name)).toEqual([]);
    expect(jar.valuesOf(name).length > 0).toBe(isKept);
  });

  it('lets a __Host- cookie be deleted only with the attributes it was set with', () => {
    const sent = { method: 'POST', path: '/logout', headers: {}, body: '' };
    const answer = (raw: string) => ({
      sent,
      status: 200,
      headers: [['Set-Cookie', raw] as const],
      body: '',
    });
    const jar = new BrowserJar(ORIGIN);
    jar.take(answer('__Host-a=1; Path=/; Secure'));
    jar.take(answer('__Host-a=; Path=/; Max-Age=0'));
    expect(jar.valuesOf('__Host-a')).toEqual(['1']);
    jar.take(answer('__Host-a=; Path=/; Secure; Max-Age=0'));
    expect(jar.valuesOf('__Host-a')).toEqual([]);
  });

  it('takes Secure over plain http on this machine only', () => {
    const cookie = parseSetCookie('a=1; Secure');
    expect(refusalOf(cookie, new URL('http://localhost:3000'))).toBeUndefined();
    expect(refusalOf(cookie, new URL('http://app.example.org'))).toBe('Secure over plain http');
  });
});
