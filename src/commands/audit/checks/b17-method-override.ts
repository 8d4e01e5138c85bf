/** Attack: turn a harmless GET into another method by a header or a parameter, past what looks at methods. */
import { draftOf } from '../app/message.ts';
import { type Check, fail, notFound } from '../check.ts';

export const methodOverride: Check = {
  id: 'B17',
  title: 'Headers and parameters cannot override the method',
  area: 'elsewhere',
  asvs: '3.5.3',
  wstg: 'WSTG-CONF-06',
  fix: 'Remove method-override, or run it after the cross-site rule and for POST only.',
  own: 'src/app.ts createApp',
  after: ['B14'],
  async run(app) {
    const { method, path } = draftOf(app.recipe.logout);
    const wanted = method === 'GET' ? 'POST' : method;
    const link = { 'Sec-Fetch-Site': 'cross-site' };
    const overrides = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'];
    const attempts = [
      { path, headers: Object.fromEntries(overrides.map((name) => [name, wanted])) },
      { path: `${path}${path.includes('?') ? '&' : '?'}_method=${wanted}`, headers: {} },
    ];
    for (const attempt of attempts) {
      const client = await app.signIn();
      const exchange = await app
        .visitor(client.cookies)
        .send({ method: 'GET', body: '', ...attempt }, { site: link });
      const power = await app.powerOf(app.credentialOf(client));
      if (!power.isSignedIn) return fail('D', `a GET became a ${wanted} and signed the user out`, exchange);
    }
    return notFound('a GET stays a GET with the usual headers and _method');
  },
};
