/** Attack: plant a cookie from a subdomain or over plain http, which browsers allow unless the name has a prefix. */
import { sessionSetCookies } from '../app/evidence.ts';
import { type Check, fail, notApplicable, pass, unknown } from '../check.ts';

/** What frameworks call the cookie by default: it tells an attacker what to try. */
const DEFAULT_NAMES =
  /^(__\w+-)?(connect\.sid|sessionid|session|sid|koa[.:]sess(:key)?|jsessionid|phpsessid|laravel_session|asp\.net_sessionid|rack\.session|_\w+_session)$/i;

export const cookiePrefix: Check = {
  id: 'B2',
  title: 'Session cookies have the prefix __Host- or __Secure-',
  area: 'transport',
  asvs: '3.3.1, 3.3.3',
  wstg: 'WSTG-SESS-02',
  fix: 'Name the cookie __Host-…, with Secure, Path=/ and without Domain.',
  own: 'src/security-policy.ts COOKIE_NAME',
  async run(app) {
    if (!app.target.route.isTls) return notApplicable('a prefix needs https');
    const set = sessionSetCookies(app);
    if (set.length === 0) return unknown('no answer set a session cookie');
    for (const { cookie, exchange } of set) {
      const { name, path, domain } = cookie;
      if (!/^__(secure|host|http|host-http)-/i.test(name)) {
        const telling = DEFAULT_NAMES.test(name) ? ', and its name tells the software' : '';
        return fail('C', `${name} has no prefix${telling}`, exchange);
      }
      if (/^__host-/i.test(name) && (path !== '/' || domain)) {
        return fail('C', `browsers refuse ${name}: __Host- needs Path=/ and no Domain`, exchange);
      }
    }
    return pass(app.sessionCookies.join(', '));
  },
};
