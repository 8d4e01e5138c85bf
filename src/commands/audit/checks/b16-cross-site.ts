/** Attack: a page on another site sends requests with the user's cookie (cross-site request forgery). */
import { shapeOf } from '../app/answers.ts';
import type { App } from '../app/app.ts';
import { sameSiteOf } from '../app/evidence.ts';
import { draftOf } from '../app/message.ts';
import { type Check, fail, pass } from '../check.ts';
import type { Exchange } from '../http/exchange.ts';

const EVIL = 'https://evil.example';

/** What browsers send, by the kind of page. */
function attacks(origin: string): readonly { what: string; site: Record<string, string>; type?: string }[] {
  const { protocol, host } = new URL(origin);
  return [
    { what: 'from another site', site: { Origin: EVIL, 'Sec-Fetch-Site': 'cross-site' } },
    { what: 'from a sandboxed frame', site: { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' } },
    { what: 'from another site, by an old browser', site: { Origin: EVIL } },
    { what: 'from a sandboxed frame, by an old browser', site: { Origin: 'null' } },
    {
      what: 'from another site, as text',
      site: { Origin: EVIL, 'Sec-Fetch-Site': 'cross-site' },
      type: 'text/plain',
    },
    {
      what: 'from a subdomain',
      site: { Origin: `${protocol}//evil.${host}`, 'Sec-Fetch-Site': 'same-site' },
    },
  ];
}

export const crossSite: Check = {
  id: 'B16',
  title: 'Requests from other sites change nothing',
  area: 'elsewhere',
  asvs: '3.5.1, 3.5.2',
  wstg: 'WSTG-SESS-05',
  fix: 'Refuse unsafe requests whose Sec-Fetch-Site or Origin is not your own, or ask for a CSRF token; SameSite alone leaves subdomains.',
  own: 'src/protection/cross-site.ts refuseCrossSite',
  async run(app) {
    const accepted: { what: string; exchange: Exchange }[] = [];
    for (const { what, site, type } of attacks(app.target.origin.origin)) {
      const exchange = await acceptedBy(app, site, type);
      if (exchange) accepted.push({ what, exchange });
    }
    const [first] = accepted;
    if (!first) return pass(`${attacks('https://a').length} ways to send them, none with an effect`);
    const sameSite = sameSiteOf(app);
    const evidence = `the server acts on requests ${accepted.map(({ what }) => what).join(', ')}`;
    if (sameSite === 'lax' || sameSite === 'strict') {
      return fail(
        'B',
        `${evidence}; SameSite=${sameSite} makes browsers leave the cookie out, but for subdomains`,
        first.exchange,
      );
    }
    return fail(
      'D',
      `${evidence}, and the cookie comes with them (SameSite ${sameSite ?? 'is not set'})`,
      first.exchange,
    );
  },
};

// --- internal ---

/** The exchange when the request had its effect. An attacker has no CSRF token. */
async function acceptedBy(
  app: App,
  site: Record<string, string>,
  type?: string,
): Promise<Exchange | undefined> {
  const { change, logout } = app.recipe;
  const client = await app.signIn();
  const draft = draftOf(change ?? logout);
  const attack = {
    ...draft,
    headers: { ...draft.headers, ...(type && draft.body && { 'Content-Type': type }) },
  };
  const exchange = await app.visitor(client.cookies).send(attack, { site });
  if (!change) return (await app.powerOf(app.credentialOf(client))).isSignedIn ? undefined : exchange;
  // The same request from the app's own page shows what success looks like.
  const own = await app.perform(client, change);
  return exchange.status < 400 && shapeOf(exchange) === shapeOf(own) ? exchange : undefined;
}
