/** The app under audit, in the words of its recipe: sign in, who am I, sign out. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Exchange, headerOf, type Message, NoAnswer, type SendOptions, send } from '../http/exchange.ts';
import { Pace } from '../http/pace.ts';
import { setCookiesOf } from '../http/set-cookie.ts';
import type { Target } from '../http/target.ts';
import { decisive, shapeOf } from './answers.ts';
import { Client, type Cookies, type Sending } from './client.ts';
import { tokenIn } from './csrf-token.ts';
import { queryFromProvider } from './development-provider.ts';
import { draftOf, type Values, valueAt } from './message.ts';
import type { Recipe, Step } from './recipe.ts';
import { type User, valuesOf } from './user.ts';

/** A request only users may make, and how its answers differ. */
export interface Guarded {
  request: string;
  asUser: string;
  asVisitor: string;
}

export class App {
  target: Target;
  recipe: Recipe;
  readonly users: User[] = [];
  readonly signal: AbortSignal;
  /** Every exchange, in order. */
  readonly traffic: Exchange[] = [];
  /** Values of session cookies, one entry a login. */
  readonly issued: Cookies[] = [];
  /** Texts that must not be printed. */
  readonly secrets = new Set<string>();
  /** Names of the cookies without which nobody is signed in. Found by the calibration. */
  sessionCookies: readonly string[] = [];
  guarded: readonly Guarded[] = [];
  /** A session that has ended by itself. */
  ended: Cookies | undefined;
  /** How often a check got no usable answer. */
  unanswered = 0;
  /** The server no longer answers, or answers at random: nothing more can be asked. */
  isLost = false;
  /** Cleaning up, which goes on after Ctrl-C. */
  isLeaving = false;
  /** For the report. */
  readonly notes: string[] = [];
  readonly pace: Pace;
  readonly #userAgent: string;
  readonly #signedIn = new Set<Client>();

  constructor(target: Target, recipe: Recipe, userAgent: string, signal: AbortSignal) {
    this.target = target;
    this.recipe = recipe;
    this.signal = signal;
    this.pace = new Pace(!target.isLoopback);
    this.#userAgent = userAgent;
    // Each request under way listens, and there are many at once.
    setMaxListeners(0, signal);
  }

  /** The user that most checks use. */
  get user(): User {
    const [user] = this.users;
    if (!user) throw new Error('an audit has a user');
    return user;
  }

  /** The request of a page that visitors may see. */
  get home(): string {
    return this.recipe.home ?? 'GET /';
  }

  visitor(cookies?: Cookies): Client {
    return new Client((message, how) => this.#exchange(message, how), this.target.origin, cookies);
  }

  /** Sends a step with the token that the app wants with each change. */
  async perform(client: Client, step: Step | string, values?: Values, how?: Sending): Promise<Exchange> {
    const draft = draftOf(step, values);
    if (!this.recipe.csrf || /^(GET|HEAD)$/.test(draft.method)) return client.send(draft, how);
    return client.send(draftOf(step, values, await this.#token(client)), how);
  }

  /** What proves to the app who somebody is: a password, or the word of the development provider. */
  async proofOf(client: Client, user: User, when: 'login' | 'again' = 'login'): Promise<Values> {
    const provider = this.recipe.provider?.[when];
    if (!provider) return valuesOf(user);
    return { ...valuesOf(user), QUERY: await queryFromProvider(this, client, provider, user) };
  }

  /** Proves again who is signed in; undefined when the recipe does not say how. */
  async reauthenticate(client: Client): Promise<Exchange | undefined> {
    const { reauthenticate } = this.recipe;
    if (!reauthenticate) return undefined;
    return this.perform(client, reauthenticate, await this.proofOf(client, this.user, 'again'));
  }

  /** Sends the login and follows where it leads. The first answer. */
  async logIn(client: Client, user: User = this.user, how?: Sending): Promise<Exchange> {
    const answer = await this.perform(client, this.recipe.login, await this.proofOf(client, user), how);
    // With a provider the first sign-in makes the account.
    if (this.recipe.provider && answer.status < 400 && !this.isLeaving) user.isOurs = true;
    await client.follow(answer);
    return answer;
  }

  /** @throws NoAnswer when the login does not sign in: then nothing can be concluded from what follows */
  async signIn(user: User = this.user, client: Client = this.visitor()): Promise<Client> {
    const answer = await this.logIn(client, user);
    this.#signedIn.add(client);
    if (!(await this.isSignedInSoon(client))) {
      const wait = headerOf(answer, 'retry-after');
      const hint = wait ? ` (retry after ${wait} s)` : '';
      throw new NoAnswer(`the login answered ${answer.status}${hint} and did not sign in`);
    }
    this.issued.push(this.credentialOf(client));
    return client;
  }

  /** @throws NoAnswer when the answer is neither that of a user nor that of a visitor */
  async whoAmI(client: Client, how?: Sending): Promise<{ isSignedIn: boolean; exchange: Exchange }> {
    const exchange = decisive(await client.send(draftOf(this.recipe.whoAmI.request), how));
    return { isSignedIn: this.isSignedIn(exchange), exchange };
  }

  /** Some apps answer a login before its session is stored (B15): that must not spoil the other checks. */
  async isSignedInSoon(client: Client): Promise<boolean> {
    for (const ms of SECOND_THOUGHTS_MS) {
      if ((await this.whoAmI(client)).isSignedIn) return true;
      await sleep(ms);
    }
    return (await this.whoAmI(client)).isSignedIn;
  }

  isSignedIn(exchange: Exchange): boolean {
    const rule = this.recipe.whoAmI.signedIn;
    if ('status' in rule) return exchange.status === rule.status;
    if ('text' in rule) return exchange.body.includes(rule.text);
    if ('redirect' in rule) return headerOf(exchange, 'location')?.includes(rule.redirect) ?? false;
    const value = valueAt(exchange.body, rule.json);
    if (!('equals' in rule)) return value !== undefined && value !== null;
    return JSON.stringify(value) === JSON.stringify(rule.equals);
  }

  /** What these cookies open when nothing else is sent: whoAmI, then every guarded request. */
  async powerOf(cookies: Cookies, how?: Sending): Promise<{ isSignedIn: boolean; exchange: Exchange }> {
    const client = this.visitor(cookies);
    const first = await this.whoAmI(client, how);
    if (first.isSignedIn) return first;
    for (const { request, asUser, asVisitor } of this.guarded) {
      const exchange = decisive(await this.visitor(cookies).send(draftOf(request), how));
      if (shapeOf(exchange) === asUser && asUser !== asVisitor) return { isSignedIn: true, exchange };
    }
    return first;
  }

  /** The session cookies that a client holds. */
  credentialOf({ cookies }: Client): Cookies {
    return new Map([...cookies].filter(([name]) => this.sessionCookies.includes(name)));
  }

  async logOut(client: Client, how?: Sending): Promise<Exchange> {
    return this.perform(client, this.recipe.logout, {}, how);
  }

  /** @throws NoAnswer when the app refuses to sign out: what still works then proves nothing */
  async signOut(client: Client): Promise<Exchange> {
    const answer = await this.logOut(client);
    if (answer.status < 400) return answer;
    throw new NoAnswer(`${this.recipe.logout.request} answered ${answer.status}, so nothing was ended`);
  }

  /** Signs out everybody who is still signed in from a check. Failures do not matter: sessions end by themselves. */
  async leave(): Promise<void> {
    const clients = [...this.#signedIn].filter((client) => this.credentialOf(client).size > 0);
    this.#signedIn.clear();
    try {
      for (const client of clients) await this.logOut(client);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
  }

  /** Not signed out after the check: what is left of the session is wanted. */
  keepEnded(client: Client): void {
    this.ended = this.credentialOf(client);
    this.#signedIn.delete(client);
  }

  // --- internal ---

  async #token(client: Client) {
    const { csrf } = this.recipe;
    if (!csrf) return undefined;
    const exchange = await client.send(draftOf(csrf.from));
    const inAnswer = (one: Exchange) => tokenIn(one, client.cookies, csrf);
    // A login page leads users on, to a page that has the token too.
    const value = inAnswer(exchange) ?? inAnswer(await client.follow(exchange)) ?? client.token;
    if (value === undefined) throw new NoAnswer(`${csrf.from} holds no CSRF token where the recipe says`);
    client.token = value;
    this.secrets.add(value);
    return { as: csrf.as, value };
  }

  #exchange(message: Message, how: SendOptions = {}): Promise<Exchange> {
    const headers = { 'User-Agent': this.#userAgent, 'X-Audit': this.#userAgent, ...message.headers };
    return this.pace.take(async () => {
      const route = how.route ?? this.target.route;
      const exchange = await send(
        route,
        { ...message, headers },
        { ...(!this.isLeaving && { signal: this.signal }), ...how },
      );
      for (const { value } of setCookiesOf(exchange))
        if (value.length >= SECRET_LENGTH) this.secrets.add(value);
      this.traffic.push(exchange);
      return exchange;
    });
  }
}

const SECOND_THOUGHTS_MS = [50, 500];

/** Shorter values are flags, not secrets. */
const SECRET_LENGTH = 8;
