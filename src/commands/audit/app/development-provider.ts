/**
 * Signs in at the provider that `npm run dev` starts for a project made with --auth oidc, as a browser does: begin →
 * the provider's page → its form → what it leads back with. It believes every name. What passes between us and the
 * provider is not the app's traffic: no check judges it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../../errors.ts';
import { type Exchange, headerOf, type Message, NoAnswer, send } from '../http/exchange.ts';
import { fromAnotherAddress, resolveTarget, type Target } from '../http/target.ts';
import type { Client } from './client.ts';
import { draftOf, valueAt } from './message.ts';
import type { DevelopmentProvider, Step } from './recipe.ts';
import type { User } from './user.ts';

/** What it needs of the audit. */
interface Host {
  readonly target: Target;
  readonly secrets: Set<string>;
  readonly signal: AbortSignal;
  readonly isLeaving: boolean;
}

/** What its page is called. No other provider is sent a name. */
const TITLE = '<title>Development provider</title>';

/**
 * @returns what the provider adds to the address it leads back to
 * @throws NoAnswer when the app or the provider does not play along
 * @throws UserError when people sign in at another provider, which is not ours to test
 */
export async function queryFromProvider(
  app: Host,
  client: Client,
  { begin, continueAt, caFile }: DevelopmentProvider,
  user: User,
): Promise<string> {
  const begun = await beginPatiently(app, client, begin);
  const address = valueAt(begun.body, continueAt);
  if (begun.status !== 200 || typeof address !== 'string' || !URL.canParse(address)) {
    const wait = headerOf(begun, 'retry-after');
    throw new NoAnswer(
      `${begin.request} answered ${begun.status}${wait ? ` (retry after ${wait} s)` : ''} and not where to sign in`,
    );
  }
  const url = new URL(address);
  // The app leads there from its other addresses.
  if (url.pathname === '/login') {
    throw uncalibrated(`people sign in at ${url.origin} only`, `Audit ${url.origin}.`);
  }
  hide(app, url.searchParams);
  // Looked at before anything is sent there.
  const { isInsecure } = app.target;
  const provider = await resolveTarget(url.origin, { mayTest: [], caFile, isInsecure }).catch(
    () => undefined,
  );
  if (!provider?.isLoopback) throw elsewhere(url.origin);
  const page = await ask(app, provider, url, 'GET');
  if (!page.body.includes(TITLE)) throw elsewhere(url.origin);
  const answer = await ask(app, provider, url, 'POST', String(new URLSearchParams({ name: user.name })));
  const location = headerOf(answer, 'location') ?? '';
  if (!URL.canParse(location)) throw new NoAnswer(`the development provider answered ${answer.status}`);
  const { search, searchParams } = new URL(location);
  hide(app, searchParams);
  return search;
}

// --- internal ---

const SECRET_LENGTH = 20;
const LONGEST_WAIT_SECONDS = 20;

/** An app gives an address so many sign-ins, and then one more every few seconds. */
async function beginPatiently(app: Host, client: Client, begin: Step): Promise<Exchange> {
  const route = fromAnotherAddress(app.target);
  const answer = await client.send(draftOf(begin), { route });
  const seconds = Number(headerOf(answer, 'retry-after'));
  if (answer.status !== 429 || !(seconds <= LONGEST_WAIT_SECONDS)) return answer;
  await sleep(seconds * 1000, undefined, app.isLeaving ? {} : { signal: app.signal }).catch(() => {
    throw new NoAnswer(`${begin.request}: cancelled`);
  });
  return client.send(draftOf(begin), { route });
}

function hide(app: Host, parameters: URLSearchParams): void {
  for (const value of parameters.values()) {
    if (/^[\w-]+$/.test(value) && value.length >= SECRET_LENGTH) app.secrets.add(value);
  }
}

function ask(app: Host, { route }: Target, url: URL, method: string, body = ''): Promise<Exchange> {
  const headers = {
    Host: url.host,
    Accept: 'text/html',
    ...(body && {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': String(Buffer.byteLength(body)),
    }),
  };
  const message: Message = { method, path: url.pathname + url.search, headers, body };
  return send(route, message, app.isLeaving ? {} : { signal: app.signal });
}

const elsewhere = (origin: string): UserError =>
  uncalibrated(
    `people sign in at ${origin}, which is not the development provider`,
    'Audit the app while "npm run dev" runs it and OIDC_ISSUER in .env is empty.',
  );

const uncalibrated = (message: string, fix: string): UserError =>
  new UserError('target_not_calibrated', message, { fix });
