/** Attack: sign people out by an image or a link: GET and HEAD must change nothing. */
import { draftOf } from '../app/message.ts';
import { type Check, fail, pass } from '../check.ts';

export const logoutMethod: Check = {
  id: 'B14',
  title: 'GET and HEAD sign nobody out',
  area: 'elsewhere',
  asvs: '3.5.3',
  wstg: 'WSTG-SESS-06',
  fix: 'Sign out by POST only.',
  own: 'src/routes/auth.ts signInRoutes',
  async run(app) {
    const { path } = draftOf(app.recipe.logout);
    for (const method of ['HEAD', 'GET']) {
      const client = await app.signIn();
      const exchange = await app
        .visitor(client.cookies)
        .send({ method, path, headers: {}, body: '' }, { site: LINK });
      const power = await app.powerOf(app.credentialOf(client));
      if (!power.isSignedIn)
        return fail('D', `${method} ${path} signs the user out, from any site`, exchange);
    }
    return pass(`${path} leaves the session alone`);
  },
};

// --- internal ---

/** What a browser sends when a link on another site is followed. */
const LINK = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };
