/** Waiting: a browser that was left alone, and a stolen cookie that is kept busy. */
import { ABSOLUTE_TIMEOUT_MS, IDLE_TIMEOUT_MS } from '../../src/security-policy.ts';
import type { Browser } from './browser.ts';
import { type Attack, lookInside, NotPlayed, signIn } from './stage.ts';

/** More would take longer than anybody watches. */
const MOST_STEPS = 1000;

export const idle: Attack = {
  name: 'idle',
  title: 'a browser left alone',
  stoppedBy: 'src/session/clocks.ts, idleExpiresAt',
  async play({ browser, register, later, tell }) {
    const left = await signIn(await register(), browser());
    tell('A signed-in browser is left alone. The server says it may be for:', await timeLeft(left, 'idleExpiresAt'));
    const early = await later(left, IDLE_TIMEOUT_MS * 0.9);
    const { body } = await early.get('/api/session');
    tell(
      `Somebody sits down at it ${duration(IDLE_TIMEOUT_MS * 0.9)} later. Still signed in?`,
      body.authenticated ? 'yes' : 'no',
    );
    const { isOpen, cameBack } = await lookInside(await later(left, IDLE_TIMEOUT_MS * 0.1));
    tell(`Somebody sits down at it ${duration(IDLE_TIMEOUT_MS)} later and looks inside.`, cameBack);
    return isOpen;
  },
};

export const absolute: Attack = {
  name: 'absolute',
  title: 'a stolen cookie kept busy',
  stoppedBy: 'src/session/clocks.ts, absoluteExpiresAt',
  async play({ browser, register, later, tell }) {
    const step = IDLE_TIMEOUT_MS / 2;
    const steps = Math.ceil(ABSOLUTE_TIMEOUT_MS / step);
    if (steps > MOST_STEPS) throw new NotPlayed(`it would take ${steps} requests to reach the absolute limit`);

    const victims = await signIn(await register(), browser());
    const thief = await victims.copy();
    tell(
      'A thief copies a cookie. The server says it is good for at most:',
      await timeLeft(thief, 'absoluteExpiresAt'),
    );
    let uses = 0;
    for (let index = 1; index < steps; index += 1) {
      if ((await lookInside(await later(thief, step))).isOpen) uses += 1;
    }
    tell(`The thief uses it every ${duration(step)}: it is never idle.`, `${uses} × 200`);
    const { isOpen, cameBack } = await lookInside(await later(thief, ABSOLUTE_TIMEOUT_MS - (steps - 1) * step));
    tell(`Once more, ${duration(ABSOLUTE_TIMEOUT_MS)} after the password was given.`, cameBack);
    return isOpen;
  },
};

async function timeLeft(browser: Browser, limit: 'idleExpiresAt' | 'absoluteExpiresAt'): Promise<string> {
  const { body } = await browser.get('/api/session');
  return duration(Date.parse(body[limit]) - Date.now());
}

/** Such as `30 minutes` or `8 hours`. */
function duration(ms: number): string {
  const minutes = Math.round(ms / 1000) / 60;
  const [amount, unit] = minutes < 120 ? [minutes, 'minutes'] : [minutes / 60, 'hours'];
  return `${Number(amount.toFixed(1))} ${unit}`;
}
