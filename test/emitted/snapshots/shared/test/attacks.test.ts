/** The steps of `npm run attack`, played against the app of a test: what developers see there is what is proven here. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ATTACKS } from '../scripts/attack/attacks.ts';
import { registerIn, type Stage } from '../scripts/attack/stage.ts';
import { startApp, type TestApp } from './support/app.ts';

const SLOWNESS_MS = 10;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterEach(() => app.faults.clear());
afterAll(() => app.close());

describe('npm run attack', () => {
  const rows = ATTACKS.map((attack) => [attack.name, attack.title, attack] as const);

  it.each(rows)('%s is stopped: %s', async (_name, _title, { play, isLikelyWhenSlow }) => {
    const stage: Stage = {
      browser: () => app.browser(),
      register: (password) => registerIn(app.browser(), password),
      later: async (browser, ms) => {
        app.clock.now += ms;
        return browser;
      },
      tell: () => {},
    };
    if (isLikelyWhenSlow) app.faults.slow(SLOWNESS_MS);
    expect(await play(stage)).toBe(false);
  });
});
