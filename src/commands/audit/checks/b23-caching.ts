/** Attack: take a user's data or cookie out of a cache: a proxy's, or the browser's after logout (back button). */
import { sessionSetCookies } from '../app/evidence.ts';
import { type Check, fail, pass, unknown } from '../check.ts';
import { headerOf } from '../http/exchange.ts';

export const caching: Check = {
  id: 'B23',
  title: 'Responses with cookies or user data are never cached',
  area: 'transport',
  asvs: '14.3.2',
  wstg: 'WSTG-ATHN-06',
  fix: 'Send Cache-Control: no-store with every answer for a signed-in user or with a session cookie.',
  own: 'src/protection/headers.ts NO_STORE',
  async run(app) {
    const client = await app.signIn();
    const answers = [(await app.whoAmI(client)).exchange];
    for (const { request } of app.guarded) answers.push(await app.perform(client, request));
    answers.push(...sessionSetCookies(app).map(({ exchange }) => exchange));
    if (answers.length === 0) return unknown('no such answer was seen');
    const kept = answers.find((exchange) => !/\bno-store\b/i.test(headerOf(exchange, 'cache-control') ?? ''));
    if (kept)
      return fail('B', `${kept.sent.method} ${kept.sent.path.split('?')[0]} may be kept by caches`, kept);
    return pass(`${answers.length} answers say no-store`);
  },
};
