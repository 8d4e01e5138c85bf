/** Attack: claim another host or scheme by headers that only a trusted proxy may send. */
import { draftOf } from '../app/message.ts';
import { type Check, fail, notFound } from '../check.ts';
import { headerOf } from '../http/exchange.ts';
import { isDeletion, setCookiesOf } from '../http/set-cookie.ts';

const EVIL = 'evil.example';

export const forwarded: Check = {
  id: 'B20',
  title: 'Forwarded headers from clients are ignored',
  area: 'transport',
  asvs: '4.1.3',
  wstg: 'WSTG-INPV-17',
  fix: 'Trust X-Forwarded-* from your own proxies only, and build addresses from the configured origin.',
  own: 'src/protection/https.ts parseTrustProxy',
  async run(app) {
    const claims = [
      { 'X-Forwarded-Host': EVIL, 'X-Forwarded-Proto': 'https', Forwarded: `host=${EVIL};proto=https` },
      { Host: EVIL },
    ];
    const { login, csrf } = app.recipe;
    const pages = [app.home, csrf?.from ?? `GET ${draftOf(login).path}`];
    for (const headers of claims) {
      for (const request of pages) {
        const exchange = await app.visitor().send(draftOf(request), { headers });
        const told = `${headerOf(exchange, 'location') ?? ''}\n${exchange.body}`;
        if (told.includes(EVIL))
          return fail('B', `${Object.keys(headers)[0]} decides where ${request} leads`, exchange);
      }
    }
    if (app.target.route.isTls) {
      const plain = { 'X-Forwarded-Proto': 'http', Forwarded: 'proto=http' };
      const answer = await app.logIn(app.visitor(), app.user, { headers: plain });
      const insecure = setCookiesOf(answer).find(
        (cookie) => app.sessionCookies.includes(cookie.name) && !cookie.secure && !isDeletion(cookie),
      );
      // Where it is never Secure, the header is not the reason.
      const usual = await app.logIn(app.visitor());
      const isUsuallySecure = setCookiesOf(usual).some(
        ({ name, secure }) => app.sessionCookies.includes(name) && secure,
      );
      if (insecure && isUsuallySecure)
        return fail('B', 'X-Forwarded-Proto: http takes Secure off the cookie', answer);
    }
    return notFound('host and scheme do not follow X-Forwarded-*, Forwarded or Host');
  },
};
