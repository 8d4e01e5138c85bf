/** Attack: a page on another site reads answers with the rights of the user, because CORS allows it. */
import { type Check, fail, pass } from '../check.ts';
import { headerOf } from '../http/exchange.ts';

export const cors: Check = {
  id: 'B18',
  title: 'Other origins cannot read responses',
  area: 'elsewhere',
  asvs: '3.4.2',
  wstg: 'WSTG-CLNT-07',
  fix: 'Allow credentials for an exact list of origins only, and never reflect Origin.',
  own: 'src/app.ts createApp',
  async run(app) {
    const client = await app.signIn();
    const { host, protocol } = app.target.origin;
    const origins = [
      'https://evil.example',
      'null',
      `${protocol}//${host}.evil.example`,
      `${protocol}//evil-${host}`,
      `${protocol}//evil.${host}`,
    ];
    for (const origin of origins) {
      const site = { Origin: origin, 'Sec-Fetch-Site': 'cross-site' };
      const { exchange } = await app.whoAmI(client, { site });
      const allowed = headerOf(exchange, 'access-control-allow-origin');
      const withCookies = headerOf(exchange, 'access-control-allow-credentials') === 'true';
      if (allowed === origin && withCookies)
        return fail('F', `${origin} may read answers with the user's cookie`, exchange);
      if (allowed === '*')
        return fail('B', 'any origin may read answers, although without cookies', exchange);
    }
    return pass(`${origins.length} foreign origins are not allowed`);
  },
};
