/** Attack: an injected script, a frame around a page, a type guessed by the browser: headers take those powers away. */
import { draftOf } from '../app/message.ts';
import { type Check, fail, pass } from '../check.ts';
import { type Exchange, headerOf } from '../http/exchange.ts';

export const headers: Check = {
  id: 'B22',
  title: 'Responses carry security headers',
  area: 'transport',
  asvs: '3.4.1, 3.4.3, 3.4.4, 3.4.5, 3.4.6',
  wstg: 'WSTG-CONF-14',
  fix: 'Send X-Content-Type-Options: nosniff, and with pages a Content-Security-Policy with frame-ancestors and a Referrer-Policy (helmet, or the equal for your framework).',
  own: 'src/protection/headers.ts helmetOptions',
  async run(app) {
    const { path: home } = draftOf(app.home);
    const nowhere = `${home.slice(0, home.lastIndexOf('/'))}/audit-${Date.now().toString(36)}`;
    const page = { headers: { Accept: 'text/html' } };
    const answers = [
      await app.visitor().send(draftOf(app.home), page),
      await app.visitor().send(draftOf(`GET ${nowhere}`), page),
      (await app.whoAmI(await app.signIn())).exchange,
    ];
    const { isTls } = app.target.route;
    for (const exchange of answers) {
      const missing = missingIn(exchange, isTls && !app.target.isLoopback);
      if (missing.length > 0) {
        const where = exchange.sent.path === nowhere ? 'a page that does not exist' : exchange.sent.path;
        return fail('B', `${where} lacks ${missing.join(', ')}`, exchange);
      }
    }
    return pass('on a page, an error and an answer of the API');
  },
};

// --- internal ---

/** HSTS binds a whole host, so nobody sends it on localhost. */
function missingIn(exchange: Exchange, isHstsDue: boolean): string[] {
  const has = (name: string, pattern: RegExp) => pattern.test(headerOf(exchange, name) ?? '');
  const isPage = has('content-type', /html/i);
  const isFramed =
    !has('content-security-policy', /frame-ancestors/i) && !has('x-frame-options', /deny|sameorigin/i);
  return [
    ...(has('x-content-type-options', /^nosniff/i) || isEmpty(exchange) ? [] : ['nosniff']),
    ...(isPage && !has('content-security-policy', /./) ? ['Content-Security-Policy'] : []),
    ...(isPage && isFramed ? ['frame-ancestors'] : []),
    ...(isPage && !has('referrer-policy', /./) ? ['Referrer-Policy'] : []),
    ...(isHstsDue && !has('strict-transport-security', /max-age=[1-9]/i)
      ? ['Strict-Transport-Security']
      : []),
  ];
}

const isEmpty = ({ body }: Exchange): boolean => body === '';
