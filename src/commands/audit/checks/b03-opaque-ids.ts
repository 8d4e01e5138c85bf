/** Attack: guess the id of a session, or read from it whose it is. */
import { readings } from '../app/id-values.ts';
import { type Check, fail, notFound, unknown } from '../check.ts';

const LEAST_SAMPLES = 5;
/** NIST SP 800-63B-4 section 5.1, and ASVS 7.2.3. */
const GUESSABLE_BITS = 64;
const WANTED_BITS = 128;

export const opaqueIds: Check = {
  id: 'B3',
  title: 'Session ids are long, unique and opaque',
  area: 'issue',
  asvs: '7.2.3',
  wstg: 'WSTG-SESS-01',
  fix: 'Use at least 128 bits of a secure random generator as the id, and keep the rest on the server.',
  own: 'src/session/store.ts newSessionId',
  async run(app) {
    while (app.issued.length < LEAST_SAMPLES) await app.signIn();
    const names = app.users.map(({ name }) => wordOf(name));
    let weakest = Number.POSITIVE_INFINITY;
    for (const name of app.sessionCookies) {
      const values = app.issued.map((cookies) => cookies.get(name) ?? '').filter(Boolean);
      if (values.length < LEAST_SAMPLES) return unknown(`only ${values.length} values of ${name} were seen`);
      const telling = values.find((value) =>
        readings(value).some((text) => names.some((name) => name.test(text))),
      );
      if (telling) return fail('F', `${name} says who its user is: anybody who decodes it can read that`);
      if (new Set(values).size < values.length) return fail('F', `two sign-ins got the same ${name}`);
      weakest = Math.min(weakest, bitsAtMost(values));
    }
    const bits = Math.floor(weakest);
    if (bits < GUESSABLE_BITS) return fail('F', `at most ${bits} bits of the id differ: it can be guessed`);
    if (bits < WANTED_BITS) return fail('C', `at most ${bits} bits of the id differ, not ${WANTED_BITS}`);
    return notFound(
      `${app.issued.length} ids differ and none names its user; randomness cannot be measured from outside`,
    );
  },
};

// --- internal ---

/** As a word of its own: a short name may occur in random characters. */
const wordOf = (name: string): RegExp =>
  new RegExp(`(?<![A-Za-z0-9])${name.replace(/[^\w@]/g, '\\$&')}(?![A-Za-z0-9])`, 'i');

/** An upper bound: places that differ between the values, times what their characters can say. */
function bitsAtMost(values: readonly string[]): number {
  const length = Math.min(...values.map((value) => value.length));
  const places = Array.from({ length }, (_, i) => new Set(values.map((value) => value[i] ?? '')));
  const differing = places.filter((characters) => characters.size > 1);
  const alphabet = new Set(differing.flatMap((characters) => [...characters]));
  return differing.length * Math.log2(sizeOfAlphabet([...alphabet].join('')));
}

function sizeOfAlphabet(seen: string): number {
  if (/^\d*$/.test(seen)) return 10;
  if (/^[\da-f]*$/i.test(seen)) return 16;
  if (/^[\da-z]*$/.test(seen) || /^[\dA-Z]*$/.test(seen)) return 36;
  return 64;
}
