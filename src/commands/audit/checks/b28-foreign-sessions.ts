/** Attack: list or end the sessions of somebody else by the name of one. */
import type { App } from '../app/app.ts';
import type { Client } from '../app/client.ts';
import { valueAt, within } from '../app/message.ts';
import { type Check, fail, pass, unknown } from '../check.ts';
import { NoAnswer } from '../http/exchange.ts';

export const foreignSessions: Check = {
  id: 'B28',
  title: 'Users can list and end only their own sessions',
  area: 'end',
  asvs: '7.5.2',
  wstg: 'WSTG-ATHZ-04',
  fix: 'Look a session up among those of the signed-in user before it is ended or shown.',
  own: 'src/session/store.ts SessionStore.endByHandle',
  async run(app) {
    const { sessions } = app.recipe;
    const [owner, other] = app.users;
    if (!sessions || !owner || !other) return unknown('needs "sessions" and two users in the recipe');
    const [first, second, stranger] = [
      await app.signIn(owner),
      await app.signIn(owner),
      await app.signIn(other),
    ];
    const before = await handlesOf(app, stranger);
    const list = await handlesOf(app, first);
    const foreign = list.handles.find((handle) => before.handles.includes(handle));
    if (foreign) return fail('D', "the list of sessions holds another user's", list.exchange);
    for (const handle of list.handles) {
      const exchange = await app.perform(stranger, sessions.revoke, { ID: handle });
      const left = await handlesOf(app, first).catch(() => undefined);
      if (!left?.handles.includes(handle)) return fail('D', "a user ended another user's session", exchange);
    }
    return ownRevocation(app, first, second);
  },
};

// --- internal ---

/** The same request, among one's own sessions, must work: or the refusals above would prove nothing. */
async function ownRevocation(app: App, first: Client, second: Client) {
  const { sessions } = app.recipe;
  if (!sessions) return unknown('no "sessions" in the recipe');
  const { handles } = await handlesOf(app, first);
  const current = (await handlesOf(app, second)).current;
  const handle = current ?? handles.find((one) => one !== undefined);
  if (handle === undefined) return unknown('the list of sessions is empty');
  const exchange = await app.perform(first, sessions.revoke, { ID: handle });
  if (exchange.status >= 400) return unknown(`ending an own session answered ${exchange.status}`);
  const power = await app.powerOf(app.credentialOf(second));
  if (current !== undefined && power.isSignedIn)
    return fail('D', 'a session that was ended in the list works on', exchange, power.exchange);
  return pass(`${handles.length} own sessions listed; a stranger can neither see nor end them`);
}

async function handlesOf(app: App, client: Client) {
  const { sessions } = app.recipe;
  if (!sessions) throw new NoAnswer('no "sessions" in the recipe');
  const exchange = await app.perform(client, sessions.list);
  const items = valueAt(exchange.body, sessions.items);
  if (!Array.isArray(items)) throw new NoAnswer(`${sessions.list} holds no list at "${sessions.items}"`);
  const handle = (item: unknown) => String(within(item, sessions.id));
  const current = items.find(
    (item) => sessions.current !== undefined && within(item, sessions.current) === true,
  );
  return {
    exchange,
    handles: items.map(handle),
    current: current === undefined ? undefined : handle(current),
  };
}
