/** Attack: write a later end into the cookie: the server must not believe it. */
import { withLaterTimes } from '../app/id-values.ts';
import { type Check, fail, pass, unknown } from '../check.ts';

export const editedEnd: Check = {
  id: 'B26',
  title: 'Editing the cookie does not extend a session',
  area: 'end',
  asvs: '7.3.1, 7.3.2',
  wstg: 'WSTG-SESS-07',
  fix: 'Keep the end of a session on the server, or sign it.',
  own: 'src/session/store.ts SessionStore.read',
  after: ['B24'],
  async run(app) {
    if (!app.ended) return unknown('needs a session that has ended by itself (B24)');
    for (const cookies of [app.ended, withLaterTimes(app.ended)]) {
      const power = await app.powerOf(cookies);
      if (power.isSignedIn)
        return fail('D', 'an ended session works again with a later time in its cookie', power.exchange);
    }
    return pass('the cookie of an ended session stays rejected, with later times in it too');
  },
};
