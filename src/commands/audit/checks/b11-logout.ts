/** Attack: take the cookie of a session and use it after its owner has signed out. */
import { type Check, fail, pass } from '../check.ts';

export const logout: Check = {
  id: 'B11',
  title: 'Signing out ends the session on the server',
  area: 'end',
  asvs: '7.4.1',
  wstg: 'WSTG-SESS-06',
  fix: 'Delete the session in the store at logout, before the answer; deleting the cookie is not enough.',
  own: 'src/session/lifecycle.ts logOut',
  async run(app) {
    const client = await app.signIn();
    const stolen = app.credentialOf(client);
    const answer = await app.signOut(client);
    const power = await app.powerOf(stolen);
    if (power.isSignedIn) return fail('F', 'the cookie still works after logout', answer, power.exchange);
    return pass('a copy of the cookie does not work after logout');
  },
};
