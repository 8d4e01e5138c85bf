/** Attack: find the cookie in a browser whose user signed out: a deletion that browsers ignore leaves it there. */
import { type Check, fail, pass, unknown } from '../check.ts';
import { headerOf } from '../http/exchange.ts';
import { BrowserJar } from '../http/set-cookie.ts';

export const deletion: Check = {
  id: 'B12',
  title: 'Signing out removes the cookie from the browser',
  area: 'end',
  asvs: '7.4.1, 14.3.1',
  wstg: 'WSTG-SESS-06',
  fix: 'Delete the cookie at logout with the attributes it was set with.',
  own: 'src/session/http.ts clearSessionCookie',
  async run(app) {
    const start = app.traffic.length;
    const client = await app.signIn();
    const held = app.credentialOf(client);
    const jar = new BrowserJar(app.target.origin);
    for (const exchange of app.traffic.slice(start)) jar.take(exchange);
    const stored = [...held].filter(([name, value]) => jar.valuesOf(name).includes(value));
    if (stored.length === 0) return unknown('a browser would refuse the cookie in the first place');
    const answer = await app.signOut(client);
    jar.take(answer);
    await client.follow(answer);
    for (const exchange of app.traffic.slice(app.traffic.indexOf(answer) + 1)) jar.take(exchange);
    const left = stored.find(([name, value]) => jar.valuesOf(name).includes(value));
    if (left) return fail('C', `${left[0]} stays in the browser after logout`, answer);
    const cleared = headerOf(answer, 'clear-site-data');
    return pass(
      cleared ? `deleted, with Clear-Site-Data: ${cleared}` : 'deleted; Clear-Site-Data is not sent',
    );
  },
};
