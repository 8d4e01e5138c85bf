/** Attack: stay signed in with a stolen session after its owner has changed the password. */
import type { App } from '../app/app.ts';
import type { Client } from '../app/client.ts';
import { inventUser, type User, valuesOf } from '../app/user.ts';
import { type Check, fail, notApplicable, pass, unknown } from '../check.ts';
import { type Exchange, NoAnswer } from '../http/exchange.ts';

export const passwordChange: Check = {
  id: 'B27',
  title: 'A password change ends the other sessions',
  area: 'end',
  asvs: '7.4.3',
  wstg: 'WSTG-SESS-06',
  fix: 'End every other session of the user when the password changes, and renew the id of the one in use.',
  own: 'src/session/lifecycle.ts regenerateAndEndOthers',
  async run(app) {
    if (app.recipe.provider) return notApplicable('there are no passwords in this app');
    if (!app.recipe.password) return unknown('the recipe does not say how ("password")');
    const [owner, thief] = [await app.signIn(), await app.signIn()];
    const [stolen, before] = [app.credentialOf(thief), app.credentialOf(owner)];
    const old = app.user.password;
    const answer = await change(app, owner, app.user, inventUser().password);
    if (answer.status >= 400) return unknown(`the password change answered ${answer.status}`);
    try {
      const power = await app.powerOf(stolen);
      if (power.isSignedIn)
        return fail('D', 'a second session works after the password change', answer, power.exchange);
      const same = await app.powerOf(before);
      if (same.isSignedIn && app.credentialOf(owner).size > 0 && !isSame(before, app.credentialOf(owner))) {
        return fail('D', 'the id from before the password change still works', answer, same.exchange);
      }
      return pass('a second session of the user ended');
    } finally {
      if (!app.user.isOurs) await putBack(app, old);
    }
  },
};

// --- internal ---

async function change(app: App, client: Client, user: User, next: string): Promise<Exchange> {
  const { password } = app.recipe;
  if (!password) throw new NoAnswer('the recipe has no password change');
  app.secrets.add(next);
  const answer = await app.perform(client, password, { ...valuesOf(user), NEW_PASSWORD: next });
  if (answer.status < 400) user.password = next;
  return answer;
}

/** @throws NoAnswer that says so when the user's own password could not be put back */
async function putBack(app: App, old: string): Promise<void> {
  const answer = await change(app, await app.signIn(), app.user, old);
  if (answer.status >= 400) {
    // The only secret that is shown: its owner needs it.
    app.secrets.delete(app.user.password);
    app.notes.push(
      `the password of ${app.user.name} could not be put back (${answer.status}): it is now ${app.user.password}`,
    );
  }
}

const isSame = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean =>
  [...one].every(([name, value]) => other.get(name) === value);
