import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, it } from 'vitest';
import { createDevelopmentCertificates } from '../../src/plan/certificates/certificate-authority.ts';
import { inMatrix, named } from './support/combinations.ts';
import { emit } from './support/emit.ts';
import { runScript } from './support/scripts.ts';

/**
 * Every choice that changes a generated file: what comes out must be typed, linted and formatted, as a user's first
 * `check` finds it. `npm test` looks at the first combination, MATRIX=1 at all.
 */

const OWN = { folder: resolve('.emitted', 'own certificate'), cert: 'cert.pem', key: 'key.pem' };
const ownFile = (name: 'cert' | 'key'): string => resolve(OWN.folder, OWN[name]);

const hostnames = (...names: string[]): string[] => names.flatMap((name) => ['--hostname', name]);

interface Variant {
  name: string;
  flags: readonly string[];
  /** Where the name itself is the point. */
  project?: string;
}

const VARIANTS: readonly Variant[] = [
  { name: 'no pages, and scripts run by pnpm', flags: ['--no-pages', '--package-manager', 'pnpm'] },
  { name: 'a sign-in at a provider', flags: ['--auth', 'oidc'] },
  { name: 'a sign-in at a provider, and no pages', flags: ['--auth', 'oidc', '--no-pages'] },
  { name: 'the strict policy and SameSite=Strict', flags: ['--policy', 'strict', '--same-site', 'strict'] },
  {
    name: 'the relaxed policy and a listener for plain http',
    flags: ['--policy', 'relaxed', '--http-port', '3080'],
  },
  {
    name: 'a relaxed policy whose cookie goes',
    flags: ['--policy', 'relaxed', '--cookie-lifetime', 'session'],
  },
  {
    name: 'odd durations and a cookie that stays',
    flags: [
      '--idle-timeout=90s',
      '--absolute-timeout=400d',
      '--reauth-window=61m',
      '--cookie-lifetime=absolute',
    ],
  },
  { name: 'own certificate files', flags: ['--tls-cert', ownFile('cert'), '--tls-key', ownFile('key')] },
  { name: 'a proxy by its networks', flags: ['--tls', 'proxy', '--trust-proxy', '10.0.0.0/8,fd00::/8'] },
  { name: 'a proxy by hops', flags: ['--tls', 'proxy', '--trust-proxy', '2', '--port', '8080'] },
  { name: 'the shortest names', flags: ['--cookie-name', '__Host-i'], project: 'a' },
  {
    name: 'the longest names',
    flags: ['--cookie-name', `__Host-${'n'.repeat(83)}`, ...hostnames(`${'a'.repeat(63)}.example`)],
    project: `${'long-name-'.repeat(21)}name`,
  },
  {
    name: 'names of punctuation, and several addresses',
    flags: [
      '--cookie-name',
      "__Secure-!#$%&'*+-.^_`|~",
      ...hostnames('app.example', 'www.app.example', 'münchen.example', '192.0.2.7', '2001:db8::1'),
    ],
    project: '@scope.of-me/x.y_z',
  },
];

beforeAll(() => {
  const { cert, key } = createDevelopmentCertificates(['app.test']);
  mkdirSync(OWN.folder, { recursive: true });
  writeFileSync(ownFile('cert'), cert);
  writeFileSync(ownFile('key'), key);
});

/** One store is enough: what these choices change is in the overlays that all stores share. */
const onPostgres = inMatrix().filter(({ store }) => store === 'postgres');

const MINUTES = 60_000;

describe.for(named(onPostgres))(
  '%s',
  { concurrent: true, timeout: 2 * MINUTES },
  ([combination, { flags }]) => {
    it.for(named(VARIANTS))('passes its check with %s', async ([, variant], { expect, task }) => {
      const folder = `${combination}-${task.name.replace(/\W+/g, '-')}`;
      const directory = await emit(variant.project ?? 'my-app', [...flags, ...variant.flags], folder);
      const { code, output } = await runScript(directory, 'check');
      expect(code, output).toBe(0);
    });
  },
);

/** suites.test.ts does so with the one that `npm test` looks at. */
describe.runIf(process.env.MATRIX).concurrent('a project', { timeout: 2 * MINUTES }, () => {
  it.for(named(inMatrix()))('of %s builds and passes its check', async ([name, { flags }], { expect }) => {
    const directory = await emit('my-app', flags, `${name}-build`);
    for (const script of ['build', 'check']) {
      const { code, output } = await runScript(directory, script);
      expect(code, output).toBe(0);
    }
  });
});
