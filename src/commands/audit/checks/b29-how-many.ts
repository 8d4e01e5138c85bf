/** Attack: a stolen session goes unnoticed among many: is there a limit? A fact, not a fault. */
import { type Check, info } from '../check.ts';

export const howMany: Check = {
  id: 'B29',
  title: 'Concurrent sessions',
  area: 'issue',
  asvs: '7.1.2',
  wstg: 'WSTG-SESS-11',
  fix: 'Decide how many sessions a user may have, and end the oldest.',
  own: 'src/security-policy.ts MAX_SESSIONS_PER_USER',
  async run(app) {
    const clients = [await app.signIn(), await app.signIn(), await app.signIn()];
    let alive = 0;
    for (const client of clients) if ((await app.powerOf(app.credentialOf(client))).isSignedIn) alive += 1;
    return info(
      `${alive} of ${clients.length} sessions of one user were alive at once; a limit above that was not looked for`,
    );
  },
};
