/** Attack, or bad luck: a request that is under way at logout saves the session again and so brings it back. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app/app.ts';
import { draftOf } from '../app/message.ts';
import { type Check, fail, notFound, type Result, unknown } from '../check.ts';
import { NoAnswer } from '../http/exchange.ts';

const HALVES = 3;
const ROUNDS = 5;
const AT_ONCE = 9;
/** Long enough for a server to have read the headers and the session. */
const HEAD_START_MS = 60;

export const resurrection: Check = {
  id: 'B13',
  title: 'Requests in progress cannot revive a session after logout',
  area: 'end',
  asvs: '7.4.1, 15.4.2',
  wstg: 'WSTG-SESS-06',
  fix: 'Let a save update a session that exists and never insert one.',
  own: 'src/session/store.ts SessionStore.save',
  after: ['B6', 'B11'],
  async run(app, { hasRaces }) {
    if (!hasRaces) return unknown('many requests at once need --races on another machine');
    for (let i = 0; i < HALVES; i += 1) {
      const found = await halfSent(app);
      if (found) return found;
    }
    for (let i = 0; i < ROUNDS; i += 1) {
      const found = await burst(app);
      if (found) return found;
    }
    const tried = (app.recipe.change ? HALVES : 0) + ROUNDS * AT_ONCE;
    return notFound(`0 of ${tried} requests in progress revived it, which is no proof`);
  },
};

// --- internal ---

/** The request has begun, and its last byte arrives after the logout. */
async function halfSent(app: App): Promise<Result | undefined> {
  const { change } = app.recipe;
  if (!change) return undefined;
  const client = await app.signIn();
  const stolen = app.credentialOf(client);
  const copy = app.visitor(client.cookies);
  let release = () => {};
  const holdLastByte = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = app.perform(copy, change, {}, { holdLastByte }).catch((error: Error) => error);
  await sleep(HEAD_START_MS);
  const answer = await app.signOut(client).finally(release);
  const late = await slow;
  const power = await app.powerOf(stolen);
  if (!power.isSignedIn) return undefined;
  return fail(
    'D',
    'a request begun before logout and finished after it revived the session',
    answer,
    ...(late instanceof Error ? [] : [late]),
    power.exchange,
  );
}

/** Requests that may save the session, all at once with the logout among them. */
async function burst(app: App): Promise<Result | undefined> {
  const client = await app.signIn();
  const stolen = app.credentialOf(client);
  const step = app.recipe.change ?? app.guarded[0]?.request ?? app.recipe.whoAmI.request;
  const ask = () => app.perform(app.visitor(client.cookies), step).catch(ignoreNoAnswer);
  const before = Array.from({ length: Math.ceil(AT_ONCE / 2) }, ask);
  const leaving = app.signOut(client);
  const after = Array.from({ length: Math.floor(AT_ONCE / 2) }, ask);
  const [answer] = await Promise.all([leaving, ...before, ...after]);
  const power = await app.powerOf(stolen);
  if (!power.isSignedIn) return undefined;
  return fail(
    'D',
    `${draftOf(step).method} requests at the same time as the logout revived the session`,
    answer,
    power.exchange,
  );
}

function ignoreNoAnswer(error: unknown): void {
  if (!(error instanceof NoAnswer)) throw error;
}
