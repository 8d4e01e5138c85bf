// @ts-check
/**
 * The only script of all pages. It asks the JSON API who is signed in, fills in what a page shows and sends its forms.
 * What comes from the API is shown as text, never as markup, so a `<script>` in somebody's user agent does nothing; and
 * nothing is kept in the browser's storage, where it would outlive the session.
 */

/** @typedef {{ authenticated: boolean, user?: { id: string, email: string }, idleExpiresAt?: string, absoluteExpiresAt?: string }} Session */
/** @typedef {{ id: string, createdAt: string, lastSeenAt: string, userAgent: string, ip: string, current: boolean }} ListedSession */

// --- rules that need no browser: test/pages.test.ts imports them ---

/** Where a login may lead. A list, so that a link with `?returnTo=//evil.example` leads nowhere (ASVS 3.7.2). */
const RETURN_PATHS = ['/', '/account'];

/** @param {string | null} wanted */
export function returnPath(wanted) {
  return RETURN_PATHS.find((path) => path === wanted) ?? '/account';
}

/** @param {number} seconds */
export function waitInWords(seconds) {
  const [count, unit] = seconds < 60 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return `Try again in ${count} ${unit}${count === 1 ? '' : 's'}.`;
}

/** In the order to look for them: Edge and Opera name Chrome too, and Chrome names Safari. */
const BROWSERS = ['Edg', 'OPR', 'Firefox', 'FxiOS', 'Chrome', 'CriOS', 'Safari'];
const SYSTEMS = ['iPhone', 'iPad', 'Android', 'Windows', 'CrOS', 'Mac OS X', 'Linux'];
/** @type {Record<string, string>} */
const NAMES = { Edg: 'Edge', OPR: 'Opera', FxiOS: 'Firefox', CriOS: 'Chrome', CrOS: 'ChromeOS', 'Mac OS X': 'macOS' };

/** A guess for people. The client chose the text itself, so nothing may depend on it. @param {string} userAgent */
export function deviceName(userAgent) {
  const [browser, system] = [BROWSERS, SYSTEMS].map((list) => list.find((word) => userAgent.includes(word)));
  if (!browser) return userAgent.slice(0, 40) || 'Unknown device';
  return [browser, system].flatMap((word) => (word ? (NAMES[word] ?? word) : [])).join(' on ');
}

// --- the API ---

/** An answer other than success, or none. The message is for the user. */
class Refusal extends Error {
  code = '';
}

/** @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
async function call(method, path, body) {
  const json = body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(path, { method, ...json }).catch(() => null);
  if (!response) throw new Refusal('The server cannot be reached. Try again.');
  if (response.ok) return response.status === 204 ? null : response.json();
  const answer = await response.json().catch(() => null);
  const { code = '', message = `The server answered ${response.status}.` } = answer?.error ?? {};
  if (code === 'unauthenticated') goToLogin();
  const seconds = Number(response.headers.get('Retry-After'));
  throw Object.assign(new Refusal(seconds > 0 ? `${message} ${waitInWords(seconds)}` : message), { code });
}

function goToLogin() {
  location.replace(`/login?${new URLSearchParams({ returnTo: returnPath(location.pathname) })}`);
}

// --- the page ---

/** @param {string} selector @param {ParentNode} [root] @returns {any} an element that the page has */
const find = (selector, root = document) => root.querySelector(selector);

/** @param {string} selector @param {ParentNode} [root] @returns {any[]} */
const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];

/** @param {string} time */
function timeInWords(time) {
  const date = new Date(time);
  const isToday = date.toDateString() === new Date().toDateString();
  return date.toLocaleString([], { dateStyle: isToday ? undefined : 'medium', timeStyle: 'short' });
}

/** The parts of the page that wait for an answer: a second click must not send twice. */
const busy = new WeakSet();

/** @typedef {() => Promise<string | void>} Action what to do; it may return what to say when it is done */

/** Says what happened in the live region of its part of the page. @param {Element} part @param {Action} action */
async function perform(part, action) {
  if (busy.has(part)) return;
  busy.add(part);
  const message = find('[role=alert]', part);
  message.textContent = '';
  try {
    const done = (await action()) ?? '';
    Object.assign(message, { textContent: withLabels(part, done), className: 'message done' });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const isPasswordOnly = error.code === 'invalid_credentials' && !find('[name=email]', part);
    const text = isPasswordOnly ? 'The password is wrong.' : error.message;
    Object.assign(message, { textContent: withLabels(part, text), className: 'message' });
  } finally {
    busy.delete(part);
  }
}

/** The API says `field: complaint`. Marks these fields, goes to the first. @param {Element} part @param {string} text */
function withLabels(part, text) {
  let words = text;
  for (const input of findAll('input[name]', part).reverse()) {
    const name = new RegExp(`(^|; )${input.name}: `);
    const isNamed = name.test(text);
    input.ariaInvalid = isNamed ? 'true' : null;
    if (isNamed) input.focus();
    words = words.replace(name, `\n${input.labels[0].textContent}: `);
  }
  return words.trim();
}

/** Sends a form to its `action` as JSON. @param {HTMLFormElement} form @param {Action} then */
function sendOnSubmit(form, then) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void perform(form, async () => {
      await call('POST', new URL(form.action).pathname, Object.fromEntries(new FormData(form)));
      return then();
    });
  });
}

/** People who cannot see a long password while typing choose a short one. @param {HTMLInputElement} input */
function addToggle(input) {
  const toggle = document.createElement('button');
  const show = (/** @type {boolean} */ isShown) => {
    input.type = isShown ? 'text' : 'password';
    toggle.textContent = isShown ? 'Hide' : 'Show';
    toggle.ariaLabel = `${toggle.textContent} ${input.labels?.[0]?.textContent?.toLowerCase()}`;
  };
  show(false);
  Object.assign(toggle, { type: 'button', className: 'toggle', onclick: () => show(input.type === 'password') });
  // Hidden when it is sent: browsers remember what was typed into a plain text field.
  input.form?.addEventListener('submit', () => show(false));
  input.after(toggle);
}

// --- who is signed in ---

/** The user this page shows; undefined for a visitor, null until it is known. @type {string | undefined | null} */
let userId = null;
let timer = 0;

/** Shows what is for a visitor, or for a user; neither before it is known. @param {Session | null} session */
function show(session) {
  const audience = session && (session.authenticated ? 'user' : 'visitor');
  for (const part of findAll('[data-for]')) part.hidden = !audience || !part.dataset.for.includes(audience);
  const email = session?.user?.email ?? '';
  for (const place of findAll('[data-email]')) Object.assign(place, { textContent: email, value: email });
  for (const time of findAll('[data-end]')) {
    const end = session?.[/** @type {'idleExpiresAt'} */ (time.dataset.end)];
    time.textContent = end ? timeInWords(end) : '';
  }
}

/** Asking is not activity, so an open page keeps nobody signed in. It must not go on showing an account afterwards. */
async function refresh() {
  /** @type {Session} */
  const session = await call('GET', '/api/session');
  const { user, idleExpiresAt = '', absoluteExpiresAt = '' } = session;
  // In another tab this user signed out, or another user signed in.
  if (userId !== null && userId !== user?.id) return location.reload();
  userId = user?.id;
  show(session);
  const minutesLeft = (Math.min(Date.parse(idleExpiresAt), Date.parse(absoluteExpiresAt)) - Date.now()) / 60_000;
  clearTimeout(timer);
  // Within bounds: this machine's clock may be wrong, and timers cannot wait for months.
  if (user) timer = setTimeout(lookAgain, Math.min(Math.max(minutesLeft, 1), 60) * 60_000);
}

function lookAgain() {
  if (document.visibilityState === 'visible') void perform(find('main'), refresh);
}

// --- the pages ---

/** The cart: an example of what a visitor gathers and keeps at login. */
async function startHome() {
  const cart = find('#cart');
  const rows = findAll('li', cart).map((row) => ({ sku: row.dataset.sku, output: find('output', row) }));
  const { items } = await call('GET', '/api/cart');
  const inCart = new Map(items.map((/** @type {any} */ { sku, quantity }) => [sku, quantity]));
  for (const { sku, output } of rows) output.value = inCart.get(sku) ?? 0;
  const save = async () => {
    const lines = rows.map(({ sku, output }) => ({ sku, quantity: Number(output.value) }));
    await call('PUT', '/api/cart', { items: lines.filter(({ quantity }) => quantity > 0) });
  };
  // One after the other: two at once would begin two sessions.
  let saved = Promise.resolve();
  for (const button of findAll('button', cart)) {
    const output = find('output', button.parentElement);
    button.onclick = () => {
      output.value = Math.max(0, Number(output.value) + Number(button.value));
      saved = saved.then(() => perform(cart, save));
    };
  }
}

/** For /login and /register. */
async function startSignIn() {
  for (const link of findAll('a[data-keep-return]')) link.search = location.search;
  const wanted = new URLSearchParams(location.search).get('returnTo');
  sendOnSubmit(find('#sign-in'), async () => location.replace(returnPath(wanted)));
  find('#email').focus();
}

async function startAccount() {
  if (!userId) return goToLogin();
  const [form, dialog] = [find('#password'), find('#reauthentication')];
  sendOnSubmit(form, async () => {
    form.reset();
    await listSessions();
    return 'Your password has been changed, and all your other sessions have ended.';
  });
  sendOnSubmit(find('form', dialog), async () => dialog.close('done'));
  find('#cancel').onclick = () => dialog.close();
  find('#end-others').onclick = () =>
    performRecent(find('#sessions'), async () => {
      const { terminated } = await call('DELETE', '/api/sessions');
      await listSessions();
      return `${terminated} other ${terminated === 1 ? 'session has' : 'sessions have'} ended.`;
    });
  find('#delete').onclick = () =>
    performRecent(find('#deletion'), async () => {
      await call('DELETE', '/api/account');
      location.replace('/');
    });
  await listSessions();
}

async function listSessions() {
  /** @type {ListedSession[]} */
  const sessions = await call('GET', '/api/sessions');
  find('#sessions ul').replaceChildren(...sessions.map(sessionRow));
  find('#sessions .actions').hidden = sessions.length < 2;
  await refresh(); // listing them was activity: the idle time has restarted
}

/** @param {ListedSession} session */
function sessionRow({ id, createdAt, lastSeenAt, userAgent, ip, current }) {
  const row = find('#session-row').content.cloneNode(true);
  const [device, seen] = [deviceName(userAgent), timeInWords(lastSeenAt)];
  const texts = { device, place: ip || 'unknown', seen, since: timeInWords(createdAt), handle: id };
  for (const [name, text] of Object.entries(texts)) find(`.${name}`, row).textContent = text;
  find('.device', row).title = userAgent;
  find('.current', row).hidden = !current;
  const end = find('button', row);
  Object.assign(end, { hidden: current, ariaLabel: `End the session of ${device}, last seen ${seen}` });
  end.onclick = () =>
    performRecent(find('#sessions'), async () => {
      await call('DELETE', `/api/sessions/${id}`);
      await listSessions();
      find('#sessions h2').focus(); // the button that had it is gone
      return `The session of ${device} has ended.`;
    });
  return row;
}

/** Asks for the password first when the API says so. @param {Element} part @param {Action} action */
function performRecent(part, action) {
  return perform(part, () =>
    action().catch(async (error) => {
      if (error.code !== 'reauthentication_required') throw error;
      return (await askForPassword()) ? action() : 'Nothing has changed.';
    }),
  );
}

/** @returns {Promise<boolean>} false when the user cancels */
function askForPassword() {
  const dialog = find('#reauthentication');
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => {
      find('form', dialog).reset();
      resolve(dialog.returnValue === 'done');
    };
  });
}

/** @type {Record<string, () => Promise<void>>} */
const PAGES = { home: startHome, login: startSignIn, register: startSignIn, account: startAccount };

function start() {
  findAll('input[type=password]').forEach(addToggle);
  sendOnSubmit(find('#log-out'), async () => location.replace('/'));
  addEventListener('visibilitychange', lookAgain);
  // Going back may restore a page from memory as it was, even after a logout: so it is left blank, and asks again.
  addEventListener('pagehide', () => show(null));
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
  void perform(find('main'), async () => {
    await refresh();
    await PAGES[document.body.dataset.page ?? '']?.();
  });
}

if (typeof document !== 'undefined') start();
