/** Attack: use the browser of somebody who closed it and believes to be signed out. */
import { sessionSetCookies } from '../app/evidence.ts';
import { type Check, fail, info, pass, unknown } from '../check.ts';

const DAY_SECONDS = 86_400;

export const persistence: Check = {
  id: 'B5',
  title: 'Session cookies last no longer than intended',
  area: 'transport',
  asvs: '7.1.1',
  wstg: 'WSTG-SESS-02',
  fix: 'Leave out Max-Age and Expires, so that the cookie goes with the browser.',
  own: 'src/session/http.ts COOKIE',
  async run(app) {
    const set = sessionSetCookies(app);
    if (set.length === 0) return unknown('no answer set a session cookie');
    const kept = set.find(({ cookie }) => cookie.lifetime !== undefined);
    if (!kept) {
      return app.recipe.cookieLifetime === 'absolute'
        ? info('gone with the browser, although the recipe says it is kept')
        : pass('gone with the browser');
    }
    const days = Math.round(((kept.cookie.lifetime ?? 0) / DAY_SECONDS) * 10) / 10;
    const fact = `${kept.cookie.name} stays on the disk for ${days} days`;
    return app.recipe.cookieLifetime === 'session' ? fail('B', fact, kept.exchange) : info(fact);
  },
};
