/** Requests that overtake each other: what two browsers do at the same moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Attack, counted, expectStatus, inWords, lookInside, type Stage, signIn } from './stage.ts';

const ROUNDS = 3;
const WRITES = 12;
const LATE_LOGINS = 5;

export const resurrection: Attack = {
  name: 'resurrection',
  title: 'slow writes that race a logout',
  stoppedBy: 'src/session/store.ts, save',
  isLikelyWhenSlow: true,
  async play({ browser, register, tell }) {
    const victim = await register();
    const writes: string[] = [];
    const afterwards: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const victims = await signIn(victim, browser());
      const thief = await victims.copy();
      const writing = Array.from({ length: WRITES }, async (_, index) => {
        const page = await thief.copy();
        return page.put('/api/cart', { items: [{ sku: `late-${index}`, quantity: 1 }] });
      });
      const logout = victims.post('/api/auth/logout');
      writes.push(...(await Promise.all(writing)).map(({ status }) => String(status)));
      expectStatus(204, await logout);
      afterwards.push((await lookInside(thief)).cameBack);
    }
    tell(`${ROUNDS} times ${WRITES} requests write while the user logs out.`, counted(writes));
    tell('After each logout a thief looks inside with the old cookie.', counted(afterwards));
    return afterwards.includes('200');
  },
};

export const oldPassword: Attack = {
  name: 'old-password',
  title: 'logins with the old password while it is changed',
  stoppedBy: 'src/session/guards.ts, currentUser',
  async play(stage) {
    const { tell } = stage;
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await changeUnderAttack(stage));
    const all = (part: keyof Round) => counted(rounds.flatMap((round) => round[part]));
    tell(`${ROUNDS} times the victim changes the password.`, all('changes'));
    tell(`Each time ${LATE_LOGINS} logins with the old one, spread over the change.`, all('logins'));
    tell('After the change, those who got in look inside.', all('afterwards') || 'nobody did');
    return rounds.some(({ afterwards }) => afterwards.includes('200'));
  },
};

type Round = Record<'changes' | 'logins' | 'afterwards', string[]>;

/** The logins are spread over the time that a change takes: one may verify the old password just before its end. */
async function changeUnderAttack({ browser, register }: Stage): Promise<Round> {
  const victim = await register();
  const startedAt = performance.now();
  await signIn(victim, browser());
  const loginMs = performance.now() - startedAt;

  const { email, password } = victim;
  const newPassword = `${password} no more`;
  const thieves = Array.from({ length: LATE_LOGINS }, browser);
  const [change, ...logins] = await Promise.all([
    victim.home.post('/api/auth/password', { currentPassword: password, newPassword }),
    ...thieves.map(async (thief, index) => {
      await sleep(loginMs * (0.4 + 0.4 * index));
      return thief.post('/api/auth/login', { email, password });
    }),
  ]);
  expectStatus(204, change);
  victim.password = newPassword;
  const afterwards: string[] = [];
  for (const [index, thief] of thieves.entries()) {
    if (logins[index]?.status === 200) afterwards.push((await lookInside(thief)).cameBack);
  }
  return { changes: [inWords(change)], logins: logins.map(({ status }) => String(status)), afterwards };
}
