/** Attack: go on with an id stolen before its owner gave the password again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app/app.ts';
import type { Client, Cookies } from '../app/client.ts';
import { type Check, fail, pass, type Result } from '../check.ts';
import type { Exchange } from '../http/exchange.ts';

export const renewal: Check = {
  id: 'B7',
  title: 'Entering the password again renews the session id',
  area: 'privilege',
  asvs: '7.2.4',
  wstg: 'WSTG-SESS-03',
  fix: 'Make a new session id at each login and re-authentication, and end the one before.',
  own: 'src/session/lifecycle.ts regenerateAfterReauthentication',
  after: ['B6'],
  async run(app) {
    const client = await app.signIn();
    const before = app.credentialOf(client);
    // Signed cookies hold the second of their making: in the same one, even a new one is equal.
    await sleep(1100);
    const answer = await app.logIn(client);
    const again = await renewed(app, client, before, answer, 'a second login');
    if (again.verdict === 'fail') return again;
    const second = app.credentialOf(client);
    const confirmed = await app.reauthenticate(client);
    if (!confirmed || confirmed.status >= 400) return again;
    const result = await renewed(app, client, second, confirmed, 're-authentication');
    if (result.verdict === 'fail') return result;
    const power = await app.powerOf(second);
    return power.isSignedIn
      ? fail('C', 'the id from before the re-authentication still works', confirmed, power.exchange)
      : pass(`${again.evidence}; re-authentication too, and ends the one before`);
  },
};

// --- internal ---

async function renewed(
  app: App,
  client: Client,
  before: Cookies,
  answer: Exchange,
  what: string,
): Promise<Result> {
  const after = app.credentialOf(client);
  const isSame = [...before].every(([name, value]) => after.get(name) === value);
  if (isSame && (await app.powerOf(after)).isSignedIn)
    return fail('C', `${what} leaves the id as it is`, answer);
  const isAlive = (await app.powerOf(before)).isSignedIn;
  return pass(
    `${what} gives a new id${isAlive ? '; the one before still works, which is a matter of policy' : ' and ends the one before'}`,
  );
}
