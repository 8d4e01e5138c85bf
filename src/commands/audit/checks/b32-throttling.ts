/** Attack: try passwords one after the other, from one address or pretending to have many. */
import { shapeOf } from '../app/answers.ts';
import { inventUser, valuesOf } from '../app/user.ts';
import { type Check, fail, notApplicable, notFound, unknown } from '../check.ts';

const GUESSES = 12;

export const throttling: Check = {
  id: 'B32',
  title: 'Password guessing is slowed down',
  area: 'privilege',
  asvs: '6.3.1',
  wstg: 'WSTG-ATHN-03',
  fix: 'Count wrong passwords by account and by address, and answer 429 with Retry-After before the password is looked at.',
  own: 'src/protection/throttle.ts createThrottle',
  async run(app, { hasGuesses }) {
    if (app.recipe.provider) return notApplicable('there are no passwords in this app');
    if (!hasGuesses) return unknown('guessing needs --throttle on another machine');
    const victim = inventUser();
    const started = Date.now();
    const guess = (headers: Record<string, string> = {}) =>
      app.perform(app.visitor(), app.recipe.login, valuesOf({ ...victim, password: inventUser().password }), {
        headers,
      });
    const first = await guess();
    let last = first;
    let count = 1;
    while (shapeOf(last) === shapeOf(first) && last.body.length === first.body.length && count < GUESSES) {
      last = await guess();
      count += 1;
    }
    const seconds = Math.ceil((Date.now() - started) / 1000);
    if (last.status >= 500 && last.status !== 503) return unknown(`guess ${count} answered ${last.status}`);
    const isSlowed =
      last.status === 429 ||
      last.status === 403 ||
      last.status === 503 ||
      last.status === 423 ||
      shapeOf(last) !== shapeOf(first);
    if (!isSlowed)
      return fail('D', `${GUESSES} wrong passwords in ${seconds} s were all answered alike`, last);
    const elsewhere = await guess({
      'X-Forwarded-For': '203.0.113.7',
      'X-Real-IP': '203.0.113.7',
      Forwarded: 'for=203.0.113.7',
    });
    if (shapeOf(elsewhere) === shapeOf(first))
      return fail('D', 'X-Forwarded-For makes the server forget the wrong passwords', last, elsewhere);
    return notFound(`guess ${count} was answered ${last.status}, and X-Forwarded-For does not help`);
  },
};
