import type { ServerOptions } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres } from '../databases/postgres.ts';
import type { RunningServer } from '../databases/server-process.ts';
import { startCareless, startProject } from './support/site.ts';
import { objections, scanTls } from './support/sslscan.ts';

/** The TLS of a project in production, seen by sslscan. One framework is enough: src/server.ts speaks TLS for all. */

let database: RunningServer;
beforeAll(async () => {
  database = await startPostgres();
});
afterAll(() => database?.stop());

describe('sslscan', () => {
  it.each<[string, ServerOptions, RegExp]>([
    ['TLS 1.0', { minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' }, /^TLS 1\.0$/],
    ['CBC', { ciphers: 'ECDHE-ECDSA-AES128-SHA' }, /^TLSv1\.2 ECDHE-ECDSA-AES128-SHA \(/],
    ['nobody authenticated', { ciphers: 'aNULL:@SECLEVEL=0' }, /\(anonymous\)$/],
  ])('objects to a server with %s', async (_what, options, objection) => {
    const site = await startCareless(options);
    const found = objections(await scanTls(site).finally(site.stop));
    console.log(`careless: ${found.join(', ')}`);
    expect(found).toContainEqual(expect.stringMatching(objection));
  });

  it.each(['ec', 'rsa'] as const)(
    'has no objection to a project whose certificate has a key of kind %s',
    async (key) => {
      const site = await startProject('express', database.url, key);
      const spoken = await scanTls(site).finally(site.stop);
      const suites = spoken.suites.map(({ version, name, strength }) => `${version} ${name} (${strength})`);
      console.log(`${key}: ${spoken.versions.join(', ')}\n  ${suites.join('\n  ')}`);
      expect(objections(spoken)).toEqual([]);
      expect(spoken.versions).toEqual(['TLS 1.2', 'TLS 1.3']);
      for (const version of ['TLSv1.2', 'TLSv1.3']) expect(suites.join()).toContain(version);
    },
  );
});
