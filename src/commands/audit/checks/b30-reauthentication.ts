/** Attack: do something that cannot be undone from a browser that somebody left signed in. */
import type { App } from '../app/app.ts';
import { endOf, keepBusy, waitUntil } from '../app/waiting.ts';
import { type Check, fail, pass, unknown } from '../check.ts';

export const reauthentication: Check = {
  id: 'B30',
  title: 'Dangerous requests require a recent sign-in',
  area: 'privilege',
  asvs: '7.5.1, 7.5.2',
  wstg: 'WSTG-ATHN-11',
  fix: 'Ask for the password again before such a request when it was not given recently.',
  own: 'src/session/lifecycle.ts requireRecentLogin',
  async run(app, { waitMs }) {
    const { dangerous, reauthenticate } = app.recipe;
    if (!dangerous) return unknown('the recipe names no dangerous request');
    const client = await app.signIn();
    const fresh = await app.perform(client, dangerous);
    if (isRefused(fresh.status))
      return pass(`${dangerous} is refused even just after the login (${fresh.status})`);
    if (waitMs === 0) return unknown('needs --timeouts, which waits until the sign-in is no longer recent');
    const end = await endOf(app, client, reauthenticate?.until);
    if (end === undefined) return unknown('the recipe does not say how long ("reauthenticate" with "until")');
    if (end - Date.now() > waitMs) return unknown('it takes longer than --wait allows');
    await keepBusy(app, client, end);
    await waitUntil(app, end);
    if (!(await app.powerOf(app.credentialOf(client))).isSignedIn) return unknown('the session ended first');
    const late = await app.perform(client, dangerous);
    if (!isRefused(late.status))
      return fail('C', `${dangerous} works without the password, long after the login`, late);
    return confirmed(app, client, dangerous);
  },
};

// --- internal ---

const isRefused = (status: number): boolean => [401, 403].includes(status) || (status >= 300 && status < 400);

async function confirmed(app: App, client: Awaited<ReturnType<App['signIn']>>, dangerous: string) {
  if (!(await app.reauthenticate(client))) return unknown('the recipe has no "reauthenticate"');
  const { status } = await app.perform(client, dangerous);
  if (status >= 400) return unknown(`${dangerous} answered ${status} with the password too`);
  return pass(`${dangerous} is refused until the password is given again`);
}
