/** Attack: find out who has an account by comparing the answers to wrong logins. */
import { decisive } from '../app/answers.ts';
import type { App } from '../app/app.ts';
import { inventUser, type User, valuesOf } from '../app/user.ts';
import { type Check, fail, notApplicable, pass, unknown } from '../check.ts';
import type { Exchange } from '../http/exchange.ts';

export const enumeration: Check = {
  id: 'B33',
  title: 'Login errors do not reveal whether an account exists',
  area: 'privilege',
  asvs: '6.3.8',
  wstg: 'WSTG-IDNT-04',
  fix: 'Answer an unknown name and a wrong password with the same status and the same text.',
  own: 'src/users/accounts.ts authenticate',
  async run(app) {
    if (app.recipe.provider) return notApplicable('there are no passwords in this app');
    const wrong = (user: User) => ({ ...user, password: inventUser().password });
    const known = [await attempt(app, wrong(app.user)), await attempt(app, wrong(app.user))];
    const strange = [await attempt(app, inventUser()), await attempt(app, inventUser())];
    if (known[0]?.text !== known[1]?.text || strange[0]?.text !== strange[1]?.text) {
      return unknown('the answers differ each time, so they cannot be compared');
    }
    const [one, other] = [known[0], strange[0]];
    if (!one || !other) return unknown('no answers');
    if (one.text !== other.text) {
      return fail(
        'C',
        'a known name with a wrong password is answered differently from an unknown name',
        one.exchange,
        other.exchange,
      );
    }
    return pass('the same status and text; times were not compared');
  },
};

// --- internal ---

/** Without what differs anyway: the name that was typed, tokens and dates. */
async function attempt(app: App, user: User): Promise<{ exchange: Exchange; text: string }> {
  const exchange = decisive(await app.perform(app.visitor(), app.recipe.login, valuesOf(user)));
  const plain = exchange.body
    .replaceAll(user.name, 'NAME')
    .replaceAll(encodeURIComponent(user.name), 'NAME')
    .replaceAll(user.name.replace('@', '&#64;'), 'NAME')
    .replace(/[\w+/=-]{20,}/g, 'TOKEN')
    .replace(/\d{2}:\d{2}(:\d{2}(\.\d+)?)?/g, 'TIME');
  return { exchange, text: `${exchange.status} ${plain}` };
}
