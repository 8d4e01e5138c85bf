/** Attack: sit down at a browser whose user went away. */
import { endOf, keepBusy, waitUntil } from '../app/waiting.ts';
import { type Check, fail, pass, unknown } from '../check.ts';

export const idle: Check = {
  id: 'B24',
  title: 'Idle sessions expire',
  area: 'end',
  asvs: '7.3.1',
  wstg: 'WSTG-SESS-07',
  fix: 'Check on the server when a session was last used, at every request.',
  own: 'src/session/clocks.ts isLive',
  async run(app, { waitMs }) {
    if (waitMs === 0) return unknown('needs --timeouts, which waits until sessions expire');
    const [left, busy] = [await app.signIn(), await app.signIn()];
    const end = await endOf(app, left, app.recipe.idle);
    if (end === undefined) return unknown('the recipe does not say how long ("idle")');
    if (end - Date.now() > waitMs)
      return unknown(`it takes longer than --wait allows: ${minutes(end)} minutes`);
    const isBusyAlive = await keepBusy(app, busy, end);
    await waitUntil(app, end);
    const power = await app.powerOf(app.credentialOf(left));
    if (power.isSignedIn) return fail('D', 'the session is alive after its idle time-out', power.exchange);
    if (!isBusyAlive) return unknown('a session in use ended too, so something else may have ended both');
    app.keepEnded(left);
    return pass('left alone it ended in time; one in use lived on');
  },
};

// --- internal ---

const minutes = (end: number): number => Math.ceil((end - Date.now()) / 60_000);
