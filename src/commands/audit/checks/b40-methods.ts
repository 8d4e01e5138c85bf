/** Attack: reach a route by a method that nobody thought of, or have TRACE send the cookie back. */
import { draftOf } from '../app/message.ts';
import { type Check, fail, pass } from '../check.ts';

export const methods: Check = {
  id: 'B40',
  title: 'TRACE and unknown methods are refused',
  area: 'elsewhere',
  asvs: '4.1.4',
  wstg: 'WSTG-CONF-06',
  fix: 'Answer 404 or 405 to methods that a route does not have.',
  own: 'src/app.ts api',
  async run(app) {
    const client = await app.signIn();
    const { path } = draftOf(app.recipe.whoAmI.request);
    for (const method of ['TRACE', 'PROPFIND']) {
      const exchange = await app.visitor(client.cookies).send({ method, path, headers: {}, body: '' });
      const isEcho = method === 'TRACE' && exchange.body.includes('X-Audit');
      const isServed = exchange.status < 300 && (isEcho || app.isSignedIn(exchange));
      if (isServed) return fail('B', `${method} ${path} is answered ${exchange.status}`, exchange);
    }
    return pass('TRACE and PROPFIND are refused');
  },
};
