/** Attack: a link to the real login that leads to a forged page afterwards. */
import { locationOf } from '../app/client.ts';
import { draftOf } from '../app/message.ts';
import { type Check, fail, notFound } from '../check.ts';

const NAMES = [
  'next',
  'returnTo',
  'return_to',
  'returnUrl',
  'redirect',
  'redirect_uri',
  'redirectTo',
  'url',
  'continue',
  'callbackUrl',
  'callbackURL',
  'r',
];
const PLACES = ['https://evil.example/', '//evil.example/', '/\\evil.example/', 'https:evil.example'];

export const openRedirect: Check = {
  id: 'B34',
  title: 'The login redirects to no other site',
  area: 'elsewhere',
  asvs: '3.7.2',
  wstg: 'WSTG-CLNT-04',
  fix: 'Accept a path of your own only, compared after parsing, as the place to go after the login.',
  own: 'public/app.js',
  async run(app) {
    const { login, csrf } = app.recipe;
    const page = draftOf(csrf?.from ?? '').path || draftOf(login).path;
    for (const place of PLACES) {
      const query = new URLSearchParams(NAMES.map((name): [string, string] => [name, place]));
      const withQuery = (path: string) => `${path}${path.includes('?') ? '&' : '?'}${query}`;
      const visit = await app.visitor().send(draftOf(`GET ${withQuery(page)}`));
      const { request, ...rest } = login;
      const client = app.visitor();
      const proof = await app.proofOf(client, app.user);
      const answer = await app.perform(client, { ...rest, request: withQuery(request) }, proof);
      await app.logOut(client).catch(() => {});
      for (const exchange of [visit, answer]) {
        const url = locationOf(exchange, app.target.origin);
        if (url?.hostname.endsWith('evil.example'))
          return fail('D', `the login leads to ${url.host}`, exchange);
      }
    }
    return notFound(`${PLACES.length} spellings in ${NAMES.length} common parameters redirect nowhere`);
  },
};
