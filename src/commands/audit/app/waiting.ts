/** Waiting for a session to end: as long as the app or the recipe says, and a little more. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Cancelled } from '../../../errors.ts';
import { parseDuration } from '../../../options/values/durations.ts';
import type { App } from './app.ts';
import type { Client } from './client.ts';
import { valueAt } from './message.ts';
import type { End } from './recipe.ts';

/** Clocks of two machines, and answers under way. */
const MARGIN_MS = 1000;
/** A session is in use when it is asked this many times within its end. */
const ASKS = 8;

/** When a session ends, by our clock; undefined when nobody says. */
export async function endOf(app: App, client: Client, end: End | undefined): Promise<number | undefined> {
  if (end === undefined) return undefined;
  if (typeof end === 'string') return Date.now() + parseDuration(end);
  const { exchange } = await app.whoAmI(client);
  const value = valueAt(exchange.body, end.json);
  const time = typeof value === 'number' ? value : Date.parse(String(value));
  return Number.isNaN(time) ? undefined : time;
}

export async function waitUntil(app: App, end: number): Promise<void> {
  await pause(app, end + MARGIN_MS - Date.now());
}

/** Uses a session until shortly before `end`. Whether it was alive the last time. */
export async function keepBusy(app: App, client: Client, end: number): Promise<boolean> {
  const { idle, change } = app.recipe;
  const idleEnd = (await endOf(app, client, idle)) ?? end;
  const step = Math.max(200, Math.min(idleEnd, end) - Date.now()) / ASKS;
  const use = app.guarded[0]?.request ?? change ?? app.recipe.whoAmI.request;
  while (Date.now() + step < end) {
    await pause(app, step);
    await app.perform(client, use);
  }
  return Date.now() >= end || (await app.whoAmI(client)).isSignedIn;
}

// --- internal ---

async function pause(app: App, ms: number): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal: app.signal }).catch(() => {
    throw new Cancelled();
  });
}
