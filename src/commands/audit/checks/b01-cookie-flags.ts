/** Attack: read the session cookie on the network or by a script, or have another site's requests carry it. */
import { sessionSetCookies } from '../app/evidence.ts';
import { type Check, fail, pass, unknown } from '../check.ts';

export const cookieFlags: Check = {
  id: 'B1',
  title: 'Session cookies are Secure, HttpOnly and SameSite',
  area: 'transport',
  asvs: '3.3.1, 3.3.2, 3.3.4',
  wstg: 'WSTG-SESS-02',
  fix: 'Set Secure, HttpOnly and SameSite=Lax or Strict on the session cookie, whatever answer sets it.',
  own: 'src/session/http.ts COOKIE',
  async run(app) {
    const isTls = app.target.route.isTls;
    const set = sessionSetCookies(app);
    if (set.length === 0) return unknown('no answer set a session cookie');
    for (const { cookie, exchange } of set) {
      const missing = [
        ...(cookie.secure || !isTls ? [] : ['Secure']),
        ...(cookie.httpOnly ? [] : ['HttpOnly']),
        ...(cookie.sameSite === 'lax' || cookie.sameSite === 'strict' ? [] : ['SameSite=Lax or Strict']),
      ];
      if (missing.length > 0)
        return fail('C', `${cookie.name} is set without ${missing.join(' and ')}`, exchange);
    }
    if (!isTls) return unknown('Secure cannot be asked over plain http: audit the https address');
    return pass(`${set.length} times set, each time with all three`);
  },
};
