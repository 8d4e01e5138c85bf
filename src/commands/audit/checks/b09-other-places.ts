/** Attack: send a link that carries a session id, or find one in a log: ids must be accepted from cookies only. */
import { draftOf } from '../app/message.ts';
import { type Check, fail, notFound } from '../check.ts';

const NAMES = [
  'sid',
  'id',
  'session',
  'sessionid',
  'session_id',
  'session_token',
  'token',
  'access_token',
  'PHPSESSID',
  'JSESSIONID',
];
const HEADERS = ['X-Session-Id', 'X-Session-Token', 'X-Auth-Token'];

export const otherPlaces: Check = {
  id: 'B9',
  title: 'Session ids are accepted from cookies only',
  area: 'issue',
  asvs: '14.2.1, 7.2.2',
  wstg: 'WSTG-SESS-04',
  fix: 'Read the id from the cookie and from nowhere else.',
  own: 'src/session/http.ts',
  async run(app) {
    const client = await app.signIn();
    const { path } = draftOf(app.recipe.whoAmI.request);
    const [[name, raw] = ['', '']] = app.credentialOf(client);
    for (const value of new Set([raw, decodeURIComponent(raw.replace(/%(?![\da-f]{2})/gi, '%25'))])) {
      const inQuery = new URLSearchParams([name, ...NAMES].map((one): [string, string] => [one, value]));
      const header = /^[\x20-\x7e]*$/.test(value) ? value : raw;
      const attempts = [
        { what: 'in the query', path: `${path}${path.includes('?') ? '&' : '?'}${inQuery}`, headers: {} },
        { what: 'in the path', path: `${path};jsessionid=${encodeURIComponent(value)}`, headers: {} },
        {
          what: 'in a header',
          path,
          headers: {
            Authorization: `Bearer ${header}`,
            ...Object.fromEntries(HEADERS.map((one) => [one, header])),
          },
        },
      ];
      for (const { what, ...place } of attempts) {
        const exchange = await app.visitor().send({ method: 'GET', body: '', ...place });
        if (exchange.status < 500 && app.isSignedIn(exchange))
          return fail('F', `an id ${what} signs in`, exchange);
      }
    }
    return notFound('not accepted in the query, the path or usual headers');
  },
};
