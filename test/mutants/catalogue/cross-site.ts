// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** Cross-site request forgery: the rule cell by cell, and bodies that a form could send. */
import { type Mutant, mutantsOf } from '../mutant.ts';
import { RULES } from '../rule.ts';

const TESTS = ['requests.test.ts', 'routes.test.ts'];

const FOREIGN = 'if (origin !== undefined && !origins.includes(origin)) return false;';

const SAFE = "new Set(['GET', 'HEAD', 'OPTIONS'])";

const methods = mutantsOf(
  { file: 'src/protection/cross-site.ts', tests: TESTS },
  ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({
    id: `${method.toLowerCase()}-from-other-sites`,
    requirement: '3.5.1',
    also: method === 'POST' ? ['NIST 5.1 content'] : [],
    what: `A ${method} that another site causes is let through.`,
    find: SAFE,
    replace: SAFE.replace(']', `, '${method}']`),
  })),
);

const rule = mutantsOf({ file: 'src/protection/cross-site.ts', tests: TESTS }, [
  {
    id: 'unknown-methods-from-other-sites',
    requirement: '3.5.1',
    what: 'Only methods that are on a list are looked at.',
    find: 'if (SAFE_METHODS.has(method) || ',
    replace: "if (SAFE_METHODS.has(method) || !['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) || ",
  },
  {
    id: 'safe-methods-refused',
    tests: ['requests.test.ts'],
    requirement: 'CSRF',
    what: 'A link from another site leads to an error.',
    find: 'if (SAFE_METHODS.has(method) || ',
    replace: 'if ((SAFE_METHODS.has(method) && false) || ',
  },
  {
    id: 'same-site-let-through',
    requirement: '3.5.1',
    also: ['CSRF'],
    what: 'A sub-domain, which somebody else may own, can send requests as the user.',
    find: "site === 'same-origin' || site === 'none'",
    replace: "site === 'same-origin' || site === 'none' || site === 'same-site'",
  },
  {
    id: 'cross-site-let-through',
    requirement: '3.5.1',
    what: 'Any site can send requests as the user.',
    find: "site === 'same-origin' || site === 'none'",
    replace: "site === 'same-origin' || site === 'none' || site === 'cross-site'",
  },
  {
    id: 'own-site-refused',
    requirement: '3.5.1',
    what: "The app's own pages are refused.",
    find: "site === 'same-origin' || site === 'none'",
    replace: "site === 'none'",
  },
  {
    id: 'typed-addresses-refused',
    requirement: '3.5.1',
    what: 'What people cause themselves, without any site, is refused.',
    find: "site === 'same-origin' || site === 'none'",
    replace: "site === 'same-origin'",
  },
  {
    id: 'site-in-capitals',
    requirement: '3.5.1',
    what: 'A value that no browser sends passes for a known one.',
    find: "site === 'same-origin' || site === 'none'",
    replace: "String(site).toLowerCase() === 'same-origin' || site === 'none'",
  },
  {
    id: 'empty-site-is-absent',
    requirement: '3.5.1',
    what: 'An empty Sec-Fetch-Site counts as none.',
    find: 'if (site !== undefined) return',
    replace: 'if (site) return',
  },
  {
    id: 'other-site-falls-through-to-origin',
    requirement: '3.5.1',
    what: 'A request that the browser calls cross-site passes when its Origin is one of ours.',
    find: "if (site !== undefined) return site === 'same-origin' || site === 'none';",
    replace: "if (site === 'same-origin' || site === 'none') return true;",
  },
  {
    id: 'foreign-origin-let-through',
    requirement: '3.5.1',
    what: 'A browser that is too old for Sec-Fetch-Site is not protected.',
    find: FOREIGN,
    replace: 'if (site !== undefined && origin !== undefined && !origins.includes(origin)) return false;',
  },
  {
    id: 'foreign-origin-with-own-site-let-through',
    requirement: '3.5.1',
    also: ['CSRF'],
    what: 'Where Sec-Fetch-Site says that a request is our own, its Origin is not looked at.',
    find: FOREIGN,
    replace: 'if (site === undefined && origin !== undefined && !origins.includes(origin)) return false;',
  },
  {
    id: 'foreign-origin-falls-through',
    requirement: '3.5.1',
    what: 'A foreign Origin counts as none.',
    find: FOREIGN,
    replace:
      'if (origin !== undefined && !origins.includes(origin)) return isSameSite({ ...headers, origin: undefined }, origins);',
  },
  {
    id: 'null-origin-let-through',
    requirement: '3.5.1',
    also: ['CSRF'],
    what: 'A sandboxed frame on any site, whose Origin is null, can send requests as the user.',
    find: '!origins.includes(origin)',
    replace: "origin !== 'null' && !origins.includes(origin)",
  },
  {
    id: 'empty-origin-let-through',
    requirement: '3.5.1',
    what: 'An empty Origin is not looked at.',
    find: 'if (origin !== undefined && ',
    replace: 'if (origin && ',
  },
  {
    id: 'origin-that-begins-alike',
    requirement: '3.5.1',
    what: 'https://app.example.evil.example passes for https://app.example.',
    find: '!origins.includes(origin)',
    replace: '!origins.some((own) => origin.startsWith(own))',
  },
  {
    id: 'origin-that-ends-alike',
    requirement: '3.5.1',
    what: 'https://evil-app.example passes for https://app.example.',
    find: '!origins.includes(origin)',
    replace: '!origins.some((own) => origin.endsWith(new URL(own).hostname) || origin === own)',
  },
  {
    id: 'origin-of-another-scheme',
    requirement: '3.5.1',
    what: 'A page of the same name that came over plain HTTP passes.',
    find: '!origins.includes(origin)',
    replace:
      '!origins.some((own) => URL.canParse(origin) && new URL(origin).hostname === new URL(own).hostname)',
  },
  {
    id: 'origin-in-capitals',
    requirement: '3.5.1',
    what: 'An Origin that no browser sends passes for ours.',
    find: '!origins.includes(origin)',
    replace: '!origins.includes(origin.toLowerCase())',
  },
  {
    id: 'own-origin-refused',
    requirement: '3.5.1',
    what: "The app's own pages are refused in older browsers.",
    find: 'return origin !== undefined || !hasSessionCookie(headers.cookie);',
    replace: 'return !hasSessionCookie(headers.cookie);',
  },
  {
    id: 'cookie-without-headers-let-through',
    requirement: '3.5.1',
    what: 'A request with a session cookie and without Origin passes.',
    find: 'return origin !== undefined || !hasSessionCookie(headers.cookie);',
    replace: 'return origin !== undefined || !hasSessionCookie(headers.cookie) || true;',
  },
  {
    id: 'no-headers-refused',
    requirement: '3.5.1',
    what: 'A script without a session cannot sign in.',
    find: 'return origin !== undefined || !hasSessionCookie(headers.cookie);',
    replace: 'return origin !== undefined || (!hasSessionCookie(headers.cookie) && false);',
  },
  {
    id: 'first-cookie-looked-at',
    requirement: '3.5.1',
    what: 'A session cookie behind another cookie is not seen.',
    find: "header.split(';').some",
    replace: "header.split(';').slice(0, 1).some",
  },
  {
    id: 'refusals-not-logged',
    requirement: '16.3.1',
    what: 'Operators see neither an attack nor an origin that is missing from APP_ORIGINS.',
    find: "const event = { event: 'cross_site_refused', origin, site };",
    replace: 'const event = { origin: origin && site && undefined };',
    tests: ['requests.test.ts', 'logs.test.ts'],
  },
]);

const HOOK = "sameSite.addHook('onRequest', async ({ raw }) => {";

const pipeline = (['express', 'fastify', 'koa'] as const).flatMap((framework) => {
  const { raw, crossSite: rule, asked } = RULES[framework];
  const first = (statements: string) =>
    framework === 'fastify' ? `${statements}\n        ${rule}` : `app.${asked(statements)}\n  ${rule}`;

  return mutantsOf({ file: 'src/app.ts', frameworks: [framework], tests: TESTS }, [
    {
      id: 'cross-site-rule-not-asked',
      requirement: '3.5.1',
      also: ['NIST 5.1 content'],
      what: 'No route asks where a request came from.',
      find: rule,
      replace: '',
    },
    {
      id: 'cross-site-rule-for-login-only',
      requirement: '3.5.1',
      what: 'Only one route asks where a request came from.',
      find: rule,
      replace:
        framework === 'fastify'
          ? `if (raw.url?.endsWith('/login')) ${rule}`
          : `app.${asked(`if (${raw}.url?.endsWith('/login')) refuseCrossSite(${raw}, config.origins, services.log);`)}`,
    },
    {
      id: 'method-override-before-the-rule',
      requirement: '3.5.3',
      what: 'A header turns a GET into a POST, past the cross-site rule.',
      find: rule,
      replace: `${rule}
    ${framework === 'fastify' ? '' : 'app.'}${asked(`if (${raw}.headers['x-http-method-override']) {
      ${raw}.method = String(${raw}.headers['x-http-method-override']);
      ${framework === 'koa' ? 'ctx.method = ctx.req.method;' : ''}
    }`)}`,
      ...(framework === 'fastify' && {
        equivalent: 'Fastify has chosen the route by then, so the method changes nothing any more.',
      }),
    },
    {
      id: 'cross-origin-reading',
      requirement: '3.4.2',
      what: 'Any site may read answers with the rights of the user.',
      ...{
        express: {
          find: rule,
          replace: first(`if (request.headers.origin) {
      response.set('Access-Control-Allow-Origin', request.headers.origin).set('Access-Control-Allow-Credentials', 'true');
    }`),
        },
        fastify: {
          find: HOOK,
          replace: `${HOOK.replace('}) =>', '}, reply) =>')}
        if (raw.headers.origin) {
          reply.headers({ 'Access-Control-Allow-Origin': raw.headers.origin, 'Access-Control-Allow-Credentials': 'true' });
        }`,
        },
        koa: {
          find: rule,
          replace: first(`if (ctx.req.headers.origin) {
      ctx.set({ 'Access-Control-Allow-Origin': ctx.req.headers.origin, 'Access-Control-Allow-Credentials': 'true' });
    }`),
        },
      }[framework],
    },
    {
      id: 'cross-origin-reading-by-anybody',
      requirement: '3.4.2',
      what: 'Any site may read answers.',
      ...{
        express: { find: rule, replace: first("response.set('Access-Control-Allow-Origin', '*');") },
        fastify: {
          find: HOOK,
          replace: `${HOOK.replace('}) =>', '}, reply) =>')}\n        reply.header('Access-Control-Allow-Origin', '*');`,
        },
        koa: { find: rule, replace: first("ctx.set('Access-Control-Allow-Origin', '*');") },
      }[framework],
    },
  ]);
});

const bodies = mutantsOf({ file: 'src/protection/cross-site.ts', tests: ['requests.test.ts'] }, [
  {
    id: 'text-taken',
    requirement: '3.5.2',
    what: 'A body of text/plain, which needs no preflight, is taken.',
    find: '/^application\\/json *(',
    replace: '/^(?:application\\/json|text\\/plain) *(',
  },
  {
    id: 'forms-taken',
    requirement: '3.5.2',
    what: 'A body that a form sends is taken.',
    find: '/^application\\/json *(',
    replace: '/^application\\/(?:json|x-www-form-urlencoded) *(',
  },
  {
    id: 'json-as-a-parameter',
    requirement: '3.5.2',
    what: 'text/plain; x=application/json, which needs no preflight, passes for JSON.',
    find: '/^application\\/json *(; *charset="?utf-8"? *)?$/i',
    replace: '/application\\/json/i',
  },
  {
    id: 'chunked-bodies-taken',
    requirement: '3.5.2',
    what: 'A body without a length is not looked at.',
    find: "headers['transfer-encoding'] !== undefined || ",
    replace: '',
  },
  {
    id: 'compressed-bodies-taken',
    requirement: 'input.size',
    what: 'A small body may unfold to a huge one.',
    find: "if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') throw",
    replace: "if (request.headers['content-encoding'] === 'br') throw",
  },
  {
    id: 'other-bodies-taken',
    requirement: '3.5.2',
    what: 'Bodies that a form of another site can send are not refused.',
    find: "if (!isJson) throw new ApiError('unsupported_media_type');",
    replace: 'void isJson;',
  },
]);

export const CROSS_SITE: Mutant[] = [...methods, ...rule, ...pipeline, ...bodies];
