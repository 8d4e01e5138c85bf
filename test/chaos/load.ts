/**
 * Who keeps the instances busy: people, each with an account and a few sessions, doing one thing after the other, and
 * onlookers, who ask about any session that ever was. Each request goes to either instance, and what it is to bring
 * about is told to the truth before it leaves.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, Client, type Outcome } from './client.ts';
import type { Tally } from './tally.ts';
import type { Session, Truth } from './truth.ts';

export interface Target {
  readonly origin: string;
  readonly isUp: boolean;
}

export interface World {
  readonly truth: Truth;
  readonly tally: Tally;
  readonly targets: readonly Target[];
  /** A request without an answer is given up then, in milliseconds. */
  readonly giveUpMs: number;
  /** How long people wait between two requests on average, in milliseconds. */
  readonly pauseMs: number;
}

const PASSWORD = 'a horse reads by candle light';
const MAX_SESSIONS = 3;
/** So many requests of one person may stay without an answer: the app would end the oldest of 20 sessions. */
const MAX_UNCLEAR = 8;

/** People and onlookers until `stop` is called, which waits for their last requests. */
export function startLoad(world: World, people: number, onlookers: number): { stop(): Promise<void> } {
  const over = new AbortController();
  const { signal } = over;
  const work = [
    ...Array.from({ length: people }, () => live(world, signal)),
    ...Array.from({ length: onlookers }, () => lookOn(world, signal)),
  ];
  return {
    async stop() {
      over.abort();
      await Promise.all(work);
    },
  };
}

/**
 * Asks every instance about every session that ever was, and once about each user's list.
 * @returns how many sessions no instance would speak about
 */
export async function askAboutAll(world: World): Promise<number> {
  const queue = [...world.truth.sessions];
  let silent = 0;
  const worker = async () => {
    const visitor = new Visitor(world);
    for (let session = queue.pop(); session; session = queue.pop()) {
      for (const target of world.targets) {
        const asked = session;
        const isAnswered = await untilAnswered(() => visitor.readUser(asked, target));
        const isCartAnswered = await untilAnswered(() => visitor.readCart(asked, target));
        if (!isAnswered || !isCartAnswered) silent += 1;
      }
      await visitor.readList(session);
    }
    visitor.close();
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return silent;
}

// --- internal ---

async function untilAnswered(ask: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if (await ask()) return true;
    await sleep(250);
  }
  return false;
}

const now = (): number => performance.now();
const chance = (share: number): boolean => Math.random() < share;
const oneOf = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T;

const isServed = (outcome: Outcome): outcome is Extract<Outcome, { kind: 'answer' }> =>
  outcome.kind === 'answer' && outcome.status < 300;

/** One for each, as the app counts sign-ins by address. */
let addresses = 0;
function nextAddress(): string {
  addresses += 1;
  return `10.${addresses >> 16}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

/** Who sends requests and knows what their answers mean. */
class Visitor {
  readonly world: World;
  readonly #client: Client;

  constructor(world: World) {
    this.world = world;
    this.#client = new Client(nextAddress(), world.giveUpMs);
  }

  async send(call: Call, target = oneOf(this.world.targets)): Promise<Outcome> {
    const sentAt = now();
    const wasUp = target.isUp;
    const outcome = await this.#client.send(target.origin, call);
    const text = `${call.method} ${call.path}`;
    const request = { origin: target.origin, sentAt, text, elapsedMs: now() - sentAt };
    this.world.tally.note(outcome, request, wasUp && target.isUp);
    return outcome;
  }

  /** @returns whether there was an answer */
  async readUser(session: Session, target?: Target): Promise<boolean> {
    const reading = this.world.truth.reading(session, now());
    const outcome = await this.send({ method: 'GET', path: '/api/session', cookie: session.cookie }, target);
    if (!isServed(outcome)) return false;
    const { authenticated, user } = outcome.body as { authenticated: boolean; user?: { email: string } };
    this.world.truth.sawUser(reading, authenticated ? String(user?.email) : null, now());
    return true;
  }

  async readCart(session: Session, target?: Target): Promise<boolean> {
    const reading = this.world.truth.reading(session, now());
    const outcome = await this.send({ method: 'GET', path: '/api/cart', cookie: session.cookie }, target);
    if (!isServed(outcome)) return false;
    const [item] = (outcome.body as { items: { sku: string; quantity: number }[] }).items;
    this.world.truth.sawCart(
      reading,
      item ? { owner: ownerIn(item.sku), version: item.quantity } : null,
      now(),
    );
    return true;
  }

  /** Looks for the live sessions of its user in the list that the app ends them by. */
  async readList(session: Session): Promise<void> {
    const known = () => this.world.truth.liveSessionsOf(session.owner);
    const before = known();
    const outcome = await this.send({ method: 'GET', path: '/api/sessions', cookie: session.cookie });
    if (isServed(outcome))
      this.world.truth.sawList(session.owner, (outcome.body as unknown[]).length, before, known());
  }

  async write(session: Session): Promise<void> {
    const version = this.world.truth.writing(session);
    const body = { items: [{ sku: skuOf(session.owner), quantity: version }] };
    const outcome = await this.send({ method: 'PUT', path: '/api/cart', cookie: session.cookie, body });
    // With a cookie it is the cart of a visitor: there was no session any more.
    if (isServed(outcome) && outcome.cookies.length === 0) this.world.truth.wrote(session, version);
  }

  close(): void {
    this.#client.close();
  }
}

/** An item of the example's cart tells whose it is. */
const skuOf = (owner: string): string => owner.split('@')[0] ?? '';
const ownerIn = (sku: string): string => `${sku}@example.com`;

class Person extends Visitor {
  readonly #email = `p${randomBytes(8).toString('hex')}@example.com`;
  #sessions: Session[] = [];
  #unclear = 0;

  /** False when too much is unclear about them: the next one takes over. */
  get isGoingOn(): boolean {
    return this.#unclear <= MAX_UNCLEAR;
  }

  async register(): Promise<boolean> {
    return this.#begin('/api/auth/register');
  }

  async doSomething(): Promise<boolean> {
    if (this.#sessions.length === 0) return this.#begin('/api/auth/login');
    const session = oneOf(this.#sessions);
    if (this.#sessions.length < MAX_SESSIONS && chance(0.15)) return this.#begin('/api/auth/login');
    if (chance(0.12)) return this.#logOut(session);
    if (chance(0.06)) return this.#reauthenticate(session);
    if (chance(0.04)) return this.#logOutElsewhere(session);
    if (chance(0.3)) await this.write(session);
    return oneOf([() => this.readUser(session), () => this.readCart(session)])();
  }

  async #begin(path: string): Promise<boolean> {
    this.#unclear += 1;
    const outcome = await this.send({
      method: 'POST',
      path,
      body: { email: this.#email, password: PASSWORD },
    });
    if (!isServed(outcome)) return false;
    this.#unclear -= 1;
    this.#sessions.push(this.world.truth.signedIn(this.#email, sessionCookie(outcome.cookies)));
    return true;
  }

  /** Sometimes with a write under way, which must not bring the session back. */
  async #logOut(session: Session): Promise<boolean> {
    this.#forget([session]);
    const writing = chance(0.5) ? this.write(session) : null;
    const isDone = await this.#end([session], {
      method: 'POST',
      path: '/api/auth/logout',
      cookie: session.cookie,
    });
    await writing;
    return isDone !== null;
  }

  async #reauthenticate(session: Session): Promise<boolean> {
    this.#forget([session]);
    const body = { password: PASSWORD };
    const call = { method: 'POST', path: '/api/auth/reauthenticate', cookie: session.cookie, body };
    const cookies = await this.#end([session], call);
    if (!cookies) return false;
    this.#sessions.push(this.world.truth.signedIn(this.#email, sessionCookie(cookies), session));
    return true;
  }

  async #logOutElsewhere(session: Session): Promise<boolean> {
    const others = this.world.truth.sessions.filter(
      (other) => other.owner === this.#email && other !== session,
    );
    this.#forget(others);
    const call = { method: 'DELETE', path: '/api/sessions', cookie: session.cookie };
    const isDone = (await this.#end(others, call)) !== null;
    if (!isDone) this.#unclear += MAX_UNCLEAR; // It may be done late, and end what begins meanwhile.
    return isDone;
  }

  /** @returns the cookies of the answer that says so; null without one */
  async #end(sessions: readonly Session[], call: Call): Promise<string[] | null> {
    this.world.truth.ending(sessions, now());
    const outcome = await this.send(call);
    if (isServed(outcome)) {
      this.world.truth.ended(sessions, now());
      return outcome.cookies;
    }
    this.#unclear += 1;
    return null;
  }

  #forget(sessions: readonly Session[]): void {
    this.#sessions = this.#sessions.filter((session) => !sessions.includes(session));
  }
}

function sessionCookie(cookies: readonly string[]): string {
  return cookies.filter((cookie) => !cookie.startsWith('__Host-device=')).join('; ');
}

async function live(world: World, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const person = new Person(world);
    let isDone = await person.register();
    const isThere = isDone;
    while (isThere && person.isGoingOn && !signal.aborted) {
      await sleep(isDone ? world.pauseMs * 2 * Math.random() : 100);
      isDone = await person.doSomething();
    }
    if (!isThere) await sleep(100);
    person.close();
  }
}

async function lookOn(world: World, signal: AbortSignal): Promise<void> {
  const visitor = new Visitor(world);
  const { sessions } = world.truth;
  while (!signal.aborted) {
    const some = chance(0.5) ? sessions : sessions.slice(-100);
    if (some.length > 0)
      await oneOf([() => visitor.readUser(oneOf(some)), () => visitor.readCart(oneOf(some))])();
    await sleep(world.pauseMs * Math.random());
  }
  visitor.close();
}
