/** What another site makes a browser send, and what a machine sends until it fits. */
import { ACCOUNT_AND_ADDRESS_LIMIT } from '../../src/security-policy.ts';
import { type Attack, counted, inWords, lookInside } from './stage.ts';

export const crossSite: Attack = {
  name: 'cross-site',
  title: 'a form posted from another site',
  stoppedBy: 'src/protection/cross-site.ts',
  async play({ register, tell }) {
    const victim = await register();
    // Another port of localhost is another origin but the same site: browsers send even a SameSite=Strict cookie.
    const post = (path: string, body: string, type: string) =>
      victim.home.post(path, body, {
        headers: { origin: 'https://localhost:1', 'sec-fetch-site': 'same-site', 'content-type': type },
      });
    tell('A victim, who is signed in, opens a page on another port of localhost.');
    const json = JSON.stringify({ email: 'attacker@attack.test', password: 'the password of the attacker' });
    const login = await post('/api/auth/login', json, 'text/plain');
    tell('Its form, JSON passed off as text, is to sign in another user.', inWords(login));
    const logout = await post('/api/auth/logout', '', 'application/x-www-form-urlencoded');
    tell('Its second form, an empty one, is to sign the victim out.', inWords(logout));
    const { isOpen, cameBack } = await lookInside(victim.home);
    tell('The victim goes on working.', cameBack);
    return login.status === 200 || !isOpen;
  },
};

export const bruteForce: Attack = {
  name: 'brute-force',
  title: 'a password guessed from a list',
  stoppedBy: 'src/protection/login-throttle.ts',
  async play({ browser, register, tell }) {
    const guesses = Array.from(
      { length: ACCOUNT_AND_ADDRESS_LIMIT.points + 3 },
      (_, n) => `summer holidays ${1990 + n}`,
    );
    const password = guesses.at(-1) ?? '';
    const victim = await register(password);
    tell(`The password is the ${guesses.length}th of a list: "${guesses[0]}" and so on.`);

    const attacker = browser();
    const answers: string[] = [];
    let wait = '';
    for (const guess of guesses) {
      const { status, headers } = await attacker.post('/api/auth/login', { email: victim.email, password: guess });
      answers.push(String(status));
      if (status !== 429) continue;
      wait = ` (come back in ${headers['retry-after']} s)`;
      break;
    }
    tell('A machine goes through the list.', `${counted(answers)}${wait}`);
    tell('The victim, who is signed in, goes on working.', (await lookInside(victim.home)).cameBack);
    return answers.includes('200');
  },
};
