/** Attack: bring an id that the server never gave out: invented, altered, cut or without its signature. */
import { forgeries, invented } from '../app/evidence.ts';
import { type Check, fail, pass } from '../check.ts';

export const foreignIds: Check = {
  id: 'B8',
  title: 'Forged and unknown session ids are rejected',
  area: 'issue',
  asvs: '7.2.1',
  wstg: 'WSTG-SESS-01',
  fix: 'Look every id up on the server, verify its signature, and never create a session under an id that came in.',
  own: 'src/session/http.ts',
  after: ['B6'],
  async run(app) {
    const [first, second] = [await app.signIn(), await app.signIn()];
    const tried = forgeries(app.credentialOf(first), app.credentialOf(second));
    for (const { what, cookies } of tried) {
      const power = await app.powerOf(cookies);
      if (power.isSignedIn) return fail('F', `${what} is signed in`, power.exchange);
    }
    const chosen = invented(app);
    const victim = await app.signIn(app.user, app.visitor(chosen));
    const kept = [...chosen].find(([name, value]) => app.credentialOf(victim).get(name) === value);
    const power = await app.powerOf(chosen);
    if (power.isSignedIn)
      return fail('F', `the login adopted an invented ${kept?.[0] ?? 'id'}`, power.exchange);
    return pass(`${tried.length} altered ids and an invented one were rejected`);
  },
};
