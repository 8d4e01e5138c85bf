/** Attack: plant a session id in the victim's browser and wait for the victim to sign in with it (fixation). */
import type { App } from '../app/app.ts';
import { invented, visitorSession } from '../app/evidence.ts';
import { draftOf } from '../app/message.ts';
import { type Check, fail, pass } from '../check.ts';
import type { Exchange } from '../http/exchange.ts';

export const fixation: Check = {
  id: 'B6',
  title: 'Signing in replaces the session id and disables the old one',
  area: 'privilege',
  asvs: '7.2.4',
  wstg: 'WSTG-SESS-03',
  fix: 'Make a new session id at login, and end the old one before the answer.',
  own: 'src/session/lifecycle.ts logIn',
  async run(app) {
    const visitor = await visitorSession(app);
    const planted = visitor ? app.credentialOf(visitor) : invented(app);
    const start = app.traffic.length;
    const victim = await app.signIn(app.user, app.visitor(planted));
    const after = app.credentialOf(victim);
    const isSame = [...planted].some(([name, value]) => after.get(name) === value);
    const power = await app.powerOf(planted);
    if (power.isSignedIn) {
      return fail(
        'F',
        'a session id from before the login is signed in after it',
        ...loginIn(app, start),
        power.exchange,
      );
    }
    const origin = visitor ? "a visitor's id" : 'an invented id (visitors get none)';
    return pass(`${origin} was ${isSame ? 'kept in part' : 'replaced'} at login and no longer works`);
  },
};

// --- internal ---

function loginIn(app: App, start: number): Exchange[] {
  const { method, path } = draftOf(app.recipe.login);
  return app.traffic.slice(start).filter(({ sent }) => sent.method === method && sent.path === path);
}
