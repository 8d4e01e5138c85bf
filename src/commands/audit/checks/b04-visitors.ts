/** Attack: fill the store with sessions of visitors, or get an id to plant without asking for one. */
import { draftOf } from '../app/message.ts';
import { type Check, fail, pass } from '../check.ts';
import { setCookiesOf } from '../http/set-cookie.ts';

export const visitors: Check = {
  id: 'B4',
  title: 'Viewing a page starts no session',
  area: 'issue',
  asvs: '7.6.2',
  wstg: 'WSTG-SESS-03',
  fix: 'Create a session only when there is something to keep in it.',
  own: 'src/session/http.ts',
  async run(app) {
    for (const request of [app.home, app.recipe.whoAmI.request]) {
      const exchange = await app.visitor().send(draftOf(request));
      const started = setCookiesOf(exchange).find(({ name }) => app.sessionCookies.includes(name));
      if (started && started.value !== '')
        return fail('B', `${request} gives a visitor ${started.name}`, exchange);
    }
    return pass(`neither ${app.home} nor ${app.recipe.whoAmI.request} sets a session cookie`);
  },
};
