/** Can the recipe tell signed in from signed out? Nothing counts before it does. */
import { UserError } from '../../errors.ts';
import { shapeOf } from './app/answers.ts';
import type { App, Guarded } from './app/app.ts';
import type { Client } from './app/client.ts';
import { draftOf } from './app/message.ts';
import { inventUser, valuesOf } from './app/user.ts';
import { type Exchange, NoAnswer } from './http/exchange.ts';
import { fromAnotherAddress } from './http/target.ts';
import { cannotTell, notCalibrated, throttled, unreachable } from './refusals.ts';
import { harmless } from './report/exchange-text.ts';
import { maskerOf } from './report/mask.ts';

const USERS = 2;

/**
 * Registers users where the recipe can, signs in, and finds the session cookies and the guarded requests.
 * @returns notes for the report
 * @throws UserError when the app cannot be reached, or the recipe does not fit it
 */
export async function calibrate(app: App): Promise<readonly string[]> {
  try {
    return await tellApart(app);
  } catch (error) {
    throw error instanceof NoAnswer
      ? notCalibrated(`no usable answer while signing in: ${error.message}`, 'Check the recipe and the app.')
      : error;
  }
}

/** Whether the recipe still tells both: at the end of the audit, for a server that changed its mind meanwhile. */
export async function isStillCalibrated(app: App): Promise<boolean> {
  try {
    const user = await app.signIn();
    // Several times, as a server that answers by chance must not pass.
    for (let times = 0; times < 3; times += 1) {
      if ((await app.whoAmI(app.visitor())).isSignedIn || !(await app.whoAmI(user)).isSignedIn) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof NoAnswer) return false;
    throw error;
  }
}

// --- internal ---

async function tellApart(app: App): Promise<readonly string[]> {
  const notes: string[] = [];
  await asVisitor(app);
  await readLoginPage(app, notes);
  if (app.users.length === 0) await register(app, notes);
  const client = await firstLogin(app);
  app.sessionCookies = await findSessionCookies(app, client);
  app.issued.push(app.credentialOf(client));
  await findGuarded(app, client, notes);
  await tryChange(app, client, notes);
  await tryLogout(app, client);
  for (const user of app.users) {
    if (user.registered) await app.logOut(user.registered).catch(() => {});
    delete user.registered;
  }
  return notes;
}

/** A logout that is refused ends nothing, and whose fault that is cannot be seen. */
async function tryLogout(app: App, client: Client): Promise<void> {
  const answer = await app.logOut(client).catch(() => undefined);
  if (answer && answer.status >= 400)
    throw notCalibrated(`${app.recipe.logout.request} answered ${said(app, answer)} to a signed-in user`);
}

async function asVisitor(app: App): Promise<void> {
  const { isSignedIn } = await firstAnswer(app).catch((error: Error) => {
    throw unreachable(app.target, error);
  });
  if (isSignedIn) throw cannotTell('without any cookie the answer is that of a signed-in user');
}

/** From an address of its own, where that reaches the app: a server may listen on ::1 only. */
async function firstAnswer(app: App) {
  const usual = app.target;
  app.target = { ...usual, route: fromAnotherAddress(usual) };
  try {
    return await app.whoAmI(app.visitor());
  } catch (error) {
    if (!(error instanceof NoAnswer) || !/^E[A-Z]+$/.test(error.reason)) throw error;
    app.target = usual;
    return app.whoAmI(app.visitor());
  }
}

async function readLoginPage(app: App, notes: string[]): Promise<void> {
  const { loginPage } = app.recipe;
  if (loginPage === undefined) return;
  const { loginOfPage } = await import('./app/login-page.ts');
  const { note, ...found } = await loginOfPage(app, loginPage);
  app.recipe = { ...app.recipe, ...found };
  notes.push(note);
}

async function register(app: App, notes: string[]): Promise<void> {
  const { register, provider } = app.recipe;
  if (provider) {
    while (app.users.length < USERS) app.users.push({ ...inventUser(), isOurs: false });
    return;
  }
  if (!register) {
    throw new UserError('bad_recipe', 'the recipe names no users and no way to register any', {
      fix: 'Add "users", or set AUDIT_USER and AUDIT_PASSWORD.',
    });
  }
  while (app.users.length < USERS) {
    const user = inventUser();
    app.secrets.add(user.password);
    const client = app.visitor();
    const answer = await app.perform(client, register, valuesOf(user));
    if (answer.status === 429 && app.users.length === 0) throw throttled(answer, 'registrations');
    if (answer.status >= 400) {
      if (app.users.length > 0)
        return void notes.push(`a second user could not be registered: ${answer.status}`);
      throw cannotTell(`${register.request} answered ${said(app, answer)}`);
    }
    app.users.push({ ...user, registered: client });
  }
}

/** Twice, as a server that answers by chance must not pass. */
async function firstLogin(app: App): Promise<Client> {
  const client = app.visitor();
  const answer = await app.logIn(client);
  if (answer.status === 429) throw throttled(answer, 'logins');
  for (let times = 0; times < 2; times += 1) {
    if (!(await app.isSignedInSoon(client))) {
      throw cannotTell(
        `after ${app.recipe.login.request}, which answered ${said(app, answer)}, ${app.recipe.whoAmI.request} does not say signed in`,
      );
    }
    const visitor = await app.whoAmI(app.visitor());
    if (visitor.isSignedIn) throw cannotTell('without any cookie the answer is that of a signed-in user');
  }
  return client;
}

/** Leaves each cookie out once. Where two do the same, such as "remember me", each alone is a session cookie. */
async function findSessionCookies(app: App, { cookies }: Client): Promise<string[]> {
  const grants = async (chosen: Iterable<[string, string]>) =>
    (await app.whoAmI(app.visitor(new Map(chosen)))).isSignedIn;
  const necessary: string[] = [];
  for (const [name] of cookies) {
    if (!(await grants([...cookies].filter(([other]) => other !== name)))) necessary.push(name);
  }
  if (necessary.length > 0) return necessary;
  const sufficient: string[] = [];
  for (const cookie of cookies) if (await grants([cookie])) sufficient.push(cookie[0]);
  if (sufficient.length === 0)
    throw cannotTell('the login works without a cookie; other sessions cannot be audited');
  return sufficient;
}

async function findGuarded(app: App, client: Client, notes: string[]): Promise<void> {
  const found: Guarded[] = [];
  for (const request of app.recipe.protected ?? []) {
    const asUser = shapeOf(await client.send(draftOf(request)));
    const asVisitor = shapeOf(await app.visitor().send(draftOf(request)));
    if (asUser === asVisitor) notes.push(`${request} answers ${asUser} to everybody, so it is no witness`);
    else found.push({ request, asUser, asVisitor });
  }
  app.guarded = found;
}

/** An owner may have removed the example that our recipe names: then "refused" would prove nothing. */
async function tryChange(app: App, client: Client, notes: string[]): Promise<void> {
  const { change, ...others } = app.recipe;
  if (!change) return;
  const { status } = await app.perform(client, change);
  if (status < 400) return;
  app.recipe = others;
  notes.push(`${change.request} answers ${status} to its user, so nothing is tried with it`);
}

/** The words are the app's: they may hold a secret, or control characters. */
function said({ secrets }: App, { status, body }: Exchange): string {
  const text = harmless(maskerOf(secrets)(body.replace(/\s+/g, ' '))).slice(0, 120);
  return text ? `${status} ${text}` : String(status);
}
