/** Bad luck: the login answers before its session is stored, so the page it leads to says signed out. */
import type { App } from '../app/app.ts';
import { type Check, fail, notFound, unknown } from '../check.ts';
import { NoAnswer } from '../http/exchange.ts';

const LOGINS = 10;
const ASKS = 10;

export const atOnce: Check = {
  id: 'B15',
  title: 'The session works as soon as the login answers',
  area: 'privilege',
  asvs: '15.4.2',
  wstg: 'WSTG-SESS-01',
  fix: 'Wait until the store has the session before the answer leaves.',
  own: 'src/session/lifecycle.ts logIn',
  async run(app, { hasRaces }) {
    if (!hasRaces) return unknown('many requests at once need --races on another machine');
    for (let i = 0; i < LOGINS; i += 1) {
      const early = await loginAndAsk(app);
      const signedOut = early.find((one) => !one.isSignedIn);
      if (signedOut) {
        return fail(
          'D',
          `login ${i + 1} of ${LOGINS}: a request sent as soon as its headers arrived was not signed in`,
          signedOut.exchange,
        );
      }
    }
    return notFound(
      `${LOGINS * ASKS} requests sent as soon as the headers of a login arrived were all signed in`,
    );
  },
};

// --- internal ---

async function loginAndAsk(app: App) {
  const client = app.visitor();
  const asked: ReturnType<App['whoAmI']>[] = [];
  const answer = await app.logIn(client, app.user, {
    onHeaders: () => {
      // Only when this answer brought the cookie: with a redirect that sets none, nothing is due yet.
      if (app.credentialOf(client).size < app.sessionCookies.length) return;
      for (let i = 0; i < ASKS; i += 1) asked.push(app.whoAmI(app.visitor(client.cookies)));
    },
  });
  const all = await Promise.all(asked);
  if (all.length === 0) throw new NoAnswer(`the login answered ${answer.status} and set no session cookie`);
  await app.logOut(client).catch(() => {});
  return all;
}
