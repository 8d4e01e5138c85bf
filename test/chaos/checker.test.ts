/** Does the checker of `npm run chaos` find what it is there for? It watches a small app with one fault at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Outcome } from './client.ts';
import { FAULTS, type Fault, startFakeApp } from './fake-app.ts';
import { askAboutAll, startLoad, type World } from './load.ts';
import { Tally } from './tally.ts';
import { Truth } from './truth.ts';
import { forbidden } from './verdict.ts';

/** Short where the app is silent, and else longer than a busy machine takes. */
const patienceWith = (fault: Fault) => (fault === 'silence' ? 200 : 10_000);
const FOUND_WITHIN_MS = 10_000;

/** Which count each fault must raise. */
const FINDINGS: Record<Exclude<Fault, 'none'>, string> = {
  resurrection: 'cameBack',
  return: 'cameBack',
  identity: 'wrongIdentities',
  data: 'wrongIdentities',
  amnesia: 'lostSignIns',
  staleness: 'lostWrites',
  index: 'unlisted',
  silence: 'hung',
  failure: 'otherServerErrors',
  refusal: 'unexpected',
  cut: 'broken',
};

/** Puts the app under load for as long as that is wanted, and asks about every session at last. */
async function watch(fault: Fault, isWanted: (world: World) => boolean): Promise<Record<string, number>> {
  const app = await startFakeApp(fault);
  onTestFinished(() => app.stop());
  const targets = [{ origin: app.origin, isUp: true }];
  const world: World = {
    truth: new Truth(),
    tally: new Tally(),
    targets,
    giveUpMs: patienceWith(fault),
    pauseMs: 2,
  };
  const load = startLoad(world, 8, 2);
  const deadline = Date.now() + FOUND_WITHIN_MS;
  while (isWanted(world) && Date.now() < deadline) await sleep(20);
  await load.stop();
  const silent = await askAboutAll(world);
  return { ...countsOf(world), silent };
}

const countsOf = ({ truth, tally }: World) => ({ ...tally.counts, ...truth.violations });
const rest = { sessions: 1, crashes: 0, slowestMs: 0, downMs: 0, recoveredMs: 0, lastUnavailableMs: 0 };
const resultOf = (counts: Record<string, number>) =>
  ({ ...rest, ...counts }) as Parameters<typeof forbidden>[0];

describe('the checker', () => {
  it('finds nothing in an app without a fault', async () => {
    const counts = await watch('none', ({ tally }) => tally.counts.requests < 300);
    expect(counts.requests).toBeGreaterThanOrEqual(300);
    expect(forbidden(resultOf(counts), {})).toEqual([]);
  });

  it.each(Object.entries(FINDINGS))('finds %s', async (fault, finding) => {
    // What is found only in the end is looked for after a while.
    const isEarly = finding !== 'unlisted';
    const counts = await watch(fault as Fault, (world) => {
      const found = countsOf(world) as Record<string, number>;
      return isEarly ? found[finding] === 0 : world.tally.counts.requests < 100;
    });
    expect(counts[finding], FAULTS[fault as Fault]).toBeGreaterThan(0);
    expect(forbidden(resultOf(counts), {}).join()).toContain(finding);
  });
});

describe('a request', () => {
  const request = { origin: '', sentAt: 0, text: 'GET /' };
  const served = { kind: 'answer' as const, status: 200, body: null, cookies: [] } satisfies Outcome;
  const hungAfter = (tally: Tally, elapsedMs: number) => {
    tally.faultBegins();
    tally.note(served, { ...request, elapsedMs }, true);
    return tally.counts.hung;
  };

  it('may take the deadline of a call and a second', () => {
    expect(hungAfter(new Tally(), 2999)).toBe(0);
    expect(hungAfter(new Tally(), 3001)).toBe(1);
  });

  it('may take longer where it did before the fault', () => {
    const slow = () => {
      const tally = new Tally();
      tally.note(served, { ...request, elapsedMs: 750 }, true);
      return tally;
    };
    expect(hungAfter(slow(), 3499)).toBe(0);
    expect(hungAfter(slow(), 3501)).toBe(1);
  });
});

describe('the verdict', () => {
  const right = resultOf({
    ...new Tally().counts,
    ...new Truth().violations,
    silent: 0,
  });

  it('accepts 503s, and what a database loses that copies late', () => {
    expect(forbidden({ ...right, unavailable: 9 }, {})).toEqual([]);
    expect(
      forbidden({ ...right, cameBack: 1, lostWrites: 1, lostSignIns: 1, unlisted: 1 }, { losesLast: true }),
    ).toEqual([]);
  });

  it.each(['crashes', 'silent', 'hung', 'broken', 'wrongIdentities'] as const)('never accepts %s', (name) => {
    expect(forbidden({ ...right, [name]: 1 }, { losesLast: true })).toHaveLength(1);
  });

  it('does not accept an instance that stays away', () => {
    expect(forbidden({ ...right, recoveredMs: Number.POSITIVE_INFINITY }, { losesLast: true })).toHaveLength(
      1,
    );
  });
});
