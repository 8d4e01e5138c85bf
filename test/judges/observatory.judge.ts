import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPTIONS } from '../../src/options/options.ts';
import { startPostgres } from '../databases/postgres.ts';
import type { RunningServer } from '../databases/server-process.ts';
import { observe, shortcomings } from './support/observatory.ts';
import { startCareless, startProject } from './support/site.ts';

/** The headers of a project in production, graded by the scanner behind MDN's HTTP Observatory. */

let database: RunningServer;
beforeAll(async () => {
  database = await startPostgres();
});
afterAll(() => database?.stop());

describe('the HTTP Observatory', () => {
  it('fails a server that sends no headers', async () => {
    const site = await startCareless();
    const verdict = await observe(site).finally(site.stop);
    console.log(
      `careless: ${verdict.grade}, ${verdict.score} points\n  ${shortcomings(verdict).join('\n  ')}`,
    );
    expect(verdict.grade).toMatch(/^[DF]/);
    expect(shortcomings(verdict).length).toBeGreaterThan(4);
  });

  it.each((OPTIONS.framework.kind.choices ?? []).map(({ value }) => value))(
    'gives %s an A+',
    async (framework) => {
      const site = await startProject(framework, database.url);
      const verdict = await observe(site).finally(site.stop);
      const results = verdict.tests.map(({ name, result, points }) => `${name}: ${result} (${points})`);
      console.log(`${framework}: ${verdict.grade}, ${verdict.score} points\n  ${results.join('\n  ')}`);
      expect(shortcomings(verdict)).toEqual([]);
      expect(verdict.grade).toBe('A+');
    },
  );
});
