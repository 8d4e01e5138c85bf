/**
 * Which tests are named for which requirement: what SECURITY.md says, and below what it does not list as a row of its
 * own. A mutant counts as killed only by one of these.
 */
import type { Requirement } from '../../src/view.ts';

/** `file: part of the name`, or the file alone. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  '2.2.1': ['inputs: that is no', 'inputs: of another shape', 'inputs: e-mail address', 'cart: cannot keep'],
  '3.3.1': [
    'cookies: is Secure',
    'logout: deletes the cookie in a way',
    'proxy: gets a session cookie through',
  ],
  '3.3.2': ['cookies: names its SameSite'],
  '3.3.3': ['cookies: belongs to this host', 'logout: deletes the cookie in a way'],
  '3.3.4': ['cookies: is HttpOnly', 'cookies: is the only place an id is sent'],
  '3.3.5': ['cookies: fits into 4096'],
  '3.4.1': ['headers: Strict-Transport-Security'],
  '3.4.2': ['cross-site: is never allowed to another origin'],
  '3.4.3': ['headers: has a content security policy', 'pages: that may run no script but our own'],
  '3.4.4': ['headers: has x-content-type-options', 'headers: has cross-origin-resource-policy'],
  '3.4.5': ['headers: has referrer-policy'],
  '3.4.6': ['headers: has a content security policy', 'headers: has x-frame-options'],
  '3.4.8': ['headers: has cross-origin-opener-policy', 'headers: has permissions-policy'],
  '3.5.1': [
    'cross-site: that may change something',
    'routes: that may change something',
    'config: refuses APP_ORIGINS',
  ],
  '3.5.2': ['cross-site: a form on another site', 'inputs: that is compressed'],
  '3.5.3': ['logout: is not done by', 'cross-site: is open to links', 'routes: that reads gives a visitor'],
  '3.7.2': ['proxy: to the configured origin', 'pages: returnPath'],
  '4.1.2': ['proxy: the listener on the plain port'],
  '4.1.3': [
    'proxy: without a trusted proxy',
    'proxy: a connection in clear',
    'config: trusted proxies',
    'config: refuses TRUST_PROXY',
  ],
  '6.2.1': [
    'passwords: needs at least 15',
    'passwords: is counted in characters',
    'password-change: holds the new password',
  ],
  '6.2.2': ['password-change: lets the new password in', 'password-change: lets one of two changes'],
  '6.2.3': ['password-change: asks for the current', 'login: answers the same bytes'],
  '6.2.4': [
    'passwords: is refused when',
    'passwords: is refused when it is the e-mail',
    'password-change: holds the new password',
  ],
  '6.2.5': ['passwords: needs no mixture'],
  '6.2.8': ['passwords: is compared whole', 'passwords: with half a surrogate pair'],
  '6.2.9': ['passwords: may have 64 characters'],
  '6.3.1': [
    'throttling',
    'engine-contract: a throttling key',
    'races: hash no more passwords',
    'two-instances: share the throttle',
    'login: refuses an address that is taken',
    'addresses',
  ],
  '6.3.8': [
    'login: answers the same bytes',
    'passwords: of nobody',
    'passwords: is looked for with the same calls',
    'passwords: costs the work',
    'accounts: with the same answer as a wrong password',
  ],
  '7.1.1': ['requirements', 'policy'],
  '7.1.2': ['session-list: the limit of sessions', 'requirements', 'policy'],
  '7.2.1': [
    'cookies: with a forged, missing or foreign',
    'routes: answers 401 to a visitor',
    'session-list: is for signed-in',
    'reauthentication: is for signed-in',
    'koa: is signed with HMAC',
  ],
  '7.2.2': [
    'login: issues an id of its own',
    'cookies: is not adopted',
    'engine-contract: is inserted once',
    'cookies: of a session that has ended',
    'cookies: are replaced without',
  ],
  '7.2.3': ['login: issues an id of its own', 'login: never repeats an id'],
  '7.2.4': [
    'login: replaces the id a visitor had',
    'login: issues a new id',
    'login: answers only when',
    'reauthentication: issues a new id',
    'password-change: issues a new id',
    'engine-failure: a login over a visitor',
    'engine-failure: re-authentication and a password change',
    'engine-failure: a login answers 503',
    'engine-faults: answers 503',
    'clocks-model',
  ],
  '7.3.1': [
    'clocks: the idle time-out',
    'clocks-model',
    'cart: loses it after the idle',
    'redis: that expires',
    'postgres: cleaned',
    'engine-calls',
    'mongo',
  ],
  '7.3.2': ['clocks: the absolute time-out', 'clocks-model', 'cart: and nothing else that was planted'],
  '7.4.1': [
    'logout',
    'races',
    'engine-contract: a session record',
    'clocks: ends a session that nobody used',
    'engine-failure: a logout that',
    'engine-faults: while signing out',
  ],
  '7.4.2': [
    'accounts',
    'alone/scripts: users:disable',
    'engine-contract: that was removed',
    'engine-contract: loses no raise',
  ],
  '7.4.3': [
    'password-change',
    'races: after a password change',
    'accounts: a raised credential version',
    'engine-contract: has the password changed',
    'two-instances: share what a password change ends',
  ],
  '7.4.4': ['pages: has a log-out button'],
  '7.4.5': [
    'alone/scripts: sessions:revoke',
    'engine-contract: loses no raise',
    'redis: everybody is signed out',
    'accounts: a raised credential version',
  ],
  '7.5.2': [
    'session-list',
    'reauthentication',
    'clocks: the re-authentication window',
    'clocks-model',
    'engine-contract: session records',
    "redis: a user's index",
    'addresses',
    'two-instances: share sessions',
  ],
  '7.5.3': ['reauthentication: asks for the password again'],
  '7.6.2': [
    'cart: gets no cookie',
    'routes: that reads gives a visitor',
    'engine-calls: a request of a visitor',
  ],
  '8.3.2': ['accounts'],
  '11.4.2': [
    'passwords: is kept as an argon2id',
    'passwords: is hashed with a salt',
    'passwords: with a weaker hash',
    'engine-contract: keeps the version when',
    'login: signs the new user in',
    'login: tells',
  ],
  '12.1.1': ['tls', 'server'],
  '12.1.2': ['tls', 'server'],
  '12.2.1': ['proxy: a connection in clear', 'config: certificate', 'server', 'tls'],
  '12.2.2': ['config: refuses the development certificate', 'config: refuses a certificate'],
  '12.3.1': ['config: refuses an engine without verified'],
  '13.3.1': [
    'config: secret',
    'config: refuses SESSION_SECRETS',
    'alone/scripts: secrets:rotate',
    'cookies: are replaced without',
  ],
  '13.3.4': ['cookies: are replaced without', 'alone/scripts: secrets:rotate'],
  '13.4.2': ['config', 'server: refuses to start', 'inputs: a path', 'pages: the rest of the disk'],
  '13.4.6': ['headers: tells nothing'],
  '14.2.1': ['cookies: counts in the Cookie header only'],
  '14.3.1': ['logout: has the browser drop', 'accounts: removes the user', 'session-list: is a logout when'],
  '14.3.2': ['headers: stays out of every cache', 'headers: tells nothing', 'cookies: comes with an answer'],
  '15.3.3': ['inputs: with __proto__', 'cart: keeps'],
  '15.3.4': ['proxy: the address is the rightmost', 'proxy: without a trusted proxy'],
  '16.2.5': ['logs', 'koa: is not logged'],
  '16.3.1': [
    'logs',
    'engine-failure: says nothing of it',
    'session-list: ends the oldest',
    'throttling: is logged',
  ],
  '16.5.1': [
    'engine-failure: says nothing of it',
    'engine-faults: a 500 without details',
    'inputs: is never repeated',
    'headers',
  ],
  '16.5.2': ['engine-failure', 'config: refuses to run without', 'redis'],
  '16.5.3': ['engine-failure', 'engine-faults', 'logout: cannot bring the session back'],
  '16.5.4': ['engine-faults', 'server', 'engine-failure'],
  'NIST 3.2.2': ['throttling: from many addresses', 'throttling: NIST'],
  'NIST 5.1': ['cookies: lasts as long'],
  'NIST 5.2': ['reauthentication: restarts all three', 'clocks-model'],
  'body-limit': ['inputs: that is too large'],
  'bounded-hashing': ['throttling: a flood of password hashes', 'races: do not hold up'],
  'clean-stop': ['server: stops at SIGTERM', 'stop'],
  'csp-reports': ['csp-reports', 'headers: reports what that policy stops'],
  'hashed-id': ['cookies: names a record', 'redis: is neither a session id'],
  'index-by-user': ['postgres: by an index'],
  loopback: ['config: listens to this machine'],
  'no-garbage': ['postgres: is cleaned', 'postgres: forgets a throttling', 'redis', 'mongo'],
  'one-address': [
    'login: refuses an address that is taken',
    'login: lets one of fifty',
    'engine-contract: is created once',
  ],
  'planted-data': ['cart: what crosses a login', 'login: hands nothing of one user'],
  'visitor-limits': ['cart: cannot', 'session-list: user agent', 'inputs'],
};

/** A test, as a pattern over `logout.test.ts > describe > it`, and the file it is in. */
export interface NamedTest {
  file: string;
  pattern: string;
}

/** The tests that are named for a requirement. */
export function testsOf(requirement: string, rows: readonly Requirement[]): NamedTest[] {
  const listed = rows.find(({ id }) => id === requirement)?.tests ?? [];
  const own = (NAMED[requirement] ?? []).map((text) => {
    const [stem = '', name = ''] = text.split(/: (.*)/s);
    return { file: `${stem}.test.ts`, name };
  });
  return [...listed.map(({ file, name }) => ({ file: file.replace(/^test\//, ''), name })), ...own].map(
    ({ file, name }) => ({ file, pattern: patternOf(name) }),
  );
}

export const REQUIREMENTS_WITHOUT_ROW: readonly string[] = Object.keys(NAMED);

/** Of a table test the name in the source has places for values. */
function patternOf(name: string): string {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return escaped.replace(/ > /g, '.*').replace(/%\S*[a-z]|\\\$[\w\\.]+/g, '.*');
}
