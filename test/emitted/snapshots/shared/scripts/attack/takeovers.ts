/** Getting at somebody's session: with an id planted, kept or made up. */
import { createHmac, randomBytes } from 'node:crypto';
import { type Attack, lookInside, signIn } from './stage.ts';

const GUESSES = 50;

/** From articles and answers that are copied a lot. */
const KNOWN_SECRETS = ['keyboard cat', 'secret', 'changeme', 'your-secret-key'];

export const fixation: Attack = {
  name: 'fixation',
  title: 'a session id planted before the login',
  stoppedBy: 'src/session/lifecycle.ts, logIn',
  async play({ browser, register, tell }) {
    const victim = await register();
    const attacker = browser();
    await attacker.put('/api/cart', { items: [{ sku: 'bait', quantity: 1 }] });
    const planted = (await attacker.cookie()) ?? '';
    tell('An attacker fills a cart, as any visitor may, and gets a session id.', shortened(planted));

    const victims = browser();
    await victims.plant(planted);
    await signIn(victim, victims);
    tell('It is planted in the browser of a victim, who signs in. The id then:', shortened(await victims.cookie()));

    const { isOpen, cameBack } = await lookInside(attacker);
    tell('The attacker looks inside with the planted id.', cameBack);
    return isOpen;
  },
};

export const replay: Attack = {
  name: 'replay',
  title: 'the old cookie after a logout',
  stoppedBy: 'src/session/lifecycle.ts, logOut',
  async play({ browser, register, tell }) {
    const victims = await signIn(await register(), browser());
    const thief = await victims.copy();
    tell('A thief copies the cookie of a signed-in browser and looks inside.', (await lookInside(thief)).cameBack);
    const { status } = await victims.post('/api/auth/logout');
    tell('The victim logs out.', String(status));
    const { isOpen, cameBack } = await lookInside(thief);
    tell('The thief looks again with the copy.', cameBack);
    return isOpen;
  },
};

export const forgery: Attack = {
  name: 'forgery',
  title: 'session ids guessed, and a cookie forged for a leaked one',
  stoppedBy: 'src/session/middleware.ts, src/session/keys.ts',
  async play({ browser, register, tell }) {
    const victim = await register();
    const [prefix, id] = partsOf((await victim.home.cookie()) ?? '');
    const tryAll = async (values: string[]) => {
      for (const value of values) {
        const forger = browser();
        await forger.plant(encodeURIComponent(`${prefix}${value}`));
        if ((await lookInside(forger)).isOpen) return true;
      }
      return false;
    };

    const guesses = Array.from({ length: GUESSES }, () => `${random(id)}.${random(id)}`);
    const isGuessed = await tryAll(guesses);
    tell(`${GUESSES} guessed ids; there are 2^${Buffer.from(id, 'base64url').length * 8}.`, open(isGuessed));

    const isBare = await tryAll([id, `${id}.`, `${id}.${random(id)}`]);
    tell('An id that leaked, without a signature and with a wrong one.', open(isBare));

    const isForged = await tryAll(
      KNOWN_SECRETS.flatMap((secret) => signatures(id, secret).map((end) => `${id}.${end}`)),
    );
    tell(`The same id, signed with secrets such as "${KNOWN_SECRETS[0]}".`, open(isForged));
    return isGuessed || isBare || isForged;
  },
};

const open = (isOpen: boolean) => (isOpen ? '200' : 'always 401');

/** What stands before the id in a cookie's value, and the id. Frameworks differ in the first. */
function partsOf(cookie: string): [prefix: string, id: string] {
  const [, prefix = '', id = ''] = /^(s:)?([\w-]+)/.exec(decodeURIComponent(cookie)) ?? [];
  return [prefix, id];
}

/** As random as the id, and as long. */
const random = (id: string) => randomBytes(Buffer.from(id, 'base64url').length).toString('base64url');

/** In both spellings that frameworks use. */
function signatures(id: string, secret: string): string[] {
  const signature = createHmac('sha256', secret).update(id).digest();
  return [signature.toString('base64').replace(/=+$/, ''), signature.toString('base64url')];
}

function shortened(cookie = ''): string {
  return `${partsOf(cookie)[1].slice(0, 8)}…`;
}
