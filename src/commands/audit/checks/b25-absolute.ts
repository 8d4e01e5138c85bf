/** Attack: keep a stolen session alive for ever by using it. */
import { endOf, keepBusy, waitUntil } from '../app/waiting.ts';
import { type Check, fail, pass, unknown } from '../check.ts';

export const absolute: Check = {
  id: 'B25',
  title: 'Busy sessions expire too',
  area: 'end',
  asvs: '7.3.2',
  wstg: 'WSTG-SESS-07',
  fix: 'Note when the user signed in, and end the session some hours after that whatever happens.',
  own: 'src/session/clocks.ts absoluteExpiresAt',
  async run(app, { waitMs }) {
    if (waitMs === 0) return unknown('needs --timeouts, which waits until sessions expire');
    const client = await app.signIn();
    const end = await endOf(app, client, app.recipe.absolute);
    if (end === undefined) return unknown('the recipe does not say how long ("absolute")');
    if (end - Date.now() > waitMs) return unknown('it takes longer than --wait allows');
    const isAliveBefore = await keepBusy(app, client, end);
    await waitUntil(app, end);
    const power = await app.powerOf(app.credentialOf(client));
    if (power.isSignedIn) return fail('D', 'the session is alive after its absolute limit', power.exchange);
    if (!isAliveBefore) return unknown('the session ended before its absolute limit, although it was in use');
    await app.signIn();
    return pass('in use until its limit, and ended there');
  },
};
