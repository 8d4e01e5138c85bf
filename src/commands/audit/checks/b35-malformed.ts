/** Attack: send what no browser sends, and read what the error tells about the code. */
import { draftOf } from '../app/message.ts';
import { type Check, fail, notFound } from '../check.ts';

/** What stacks look like in the languages of the web. */
const STACK =
  /\bat \S.{0,120}\(?\S+:\d+:\d+\)?|Traceback \(most recent call last\)|File "[^"\n]+\.py", line \d+|\bat [\w.$]+\([\w$]+\.java:\d+\)|\/node_modules\/|\.php(?: on line |:)\d+|goroutine \d+ \[/;

export const malformed: Check = {
  id: 'B35',
  title: 'Malformed requests get a plain error',
  area: 'elsewhere',
  asvs: '16.5.1',
  wstg: 'WSTG-ERRH-01',
  fix: 'Catch errors in one place, answer 4xx for bad input and a text without details for the rest.',
  own: 'src/errors.ts toApiError',
  async run(app) {
    const { method, path } = draftOf(app.recipe.login);
    const json = { 'Content-Type': 'application/json' };
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const who = draftOf(app.recipe.whoAmI.request).path;
    const [cookie = 'id'] = app.sessionCookies;
    const drafts = [
      { method, path, headers: json, body: '{"' },
      { method, path, headers: json, body: '[[null]]' },
      { method, path, headers: json, body: '{"__proto__":{"x":1},"email":{"$gt":""},"password":{"$gt":""}}' },
      { method, path, headers: form, body: 'email[]=%ff&password[%00]=%zz' },
      { method, path, headers: { 'Content-Type': 'multipart/form-data' }, body: '--x' },
      { method: 'GET', path: '/%ff%c0%ae', headers: {}, body: '' },
      { method: 'GET', path: `${who}?a[b]=1&a=%zz`, headers: {}, body: '' },
      {
        method: 'GET',
        path: who,
        headers: { Cookie: `${cookie}=s%3A%ff.%00; ${cookie}="; =; ;;` },
        body: '',
      },
    ];
    for (const draft of drafts) {
      const exchange = await app.visitor().send(draft);
      const what = `${draft.method} ${draft.path} with ${draft.body || 'a malformed address or cookie'}`;
      if (STACK.test(exchange.body)) return fail('D', `the answer shows a stack: ${what}`, exchange);
      if (exchange.status >= 500)
        return fail('B', `a bad request is answered with ${exchange.status}: ${what}`, exchange);
    }
    return notFound(`${drafts.length} malformed requests were refused without details`);
  },
};
