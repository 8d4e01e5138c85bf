import { execFileSync } from 'node:child_process';
import overlays from 'virtual:overlays';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../src/ask/document.ts';
import { findConflict } from '../../src/options/conflicts.ts';
import { toDocument } from '../../src/options/document.ts';
import { type Answers, OPTIONS } from '../../src/options/options.ts';
import type { PackageManager } from '../../src/options/package-manager.ts';
import { formatDuration } from '../../src/options/values/durations.ts';
import { plan } from '../../src/plan/plan.ts';
import { reproductionCommand } from '../../src/plan/reproduction.ts';
import '../support/fuzz-seed.ts';
import { answersBy, answersOf } from '../support/answers.ts';
import { temporaryOwnCertificate } from '../support/own-certificate.ts';

/** Every option with every choice, and texts that a shell could misread. */

const choiceOf = <Name extends keyof Answers>(name: Name) =>
  fc.constantFrom(...(OPTIONS[name].kind.choices ?? []).map(({ value }) => String(value)));

const duration = fc.integer({ min: 60, max: 400 * 86_400 }).map((seconds) => formatDuration(seconds * 1000));
const port = fc.integer({ min: 1, max: 65_535 }).map(String);
const cookieName = fc
  .string({ unit: fc.constantFrom(..."!#$%&'*+-.^_`|~aZ9"), minLength: 1, maxLength: 12 })
  .map((name) => `__Secure-${name}`);
const proxies = fc.oneof(
  fc.integer({ min: 1, max: 10 }).map((hops) => [String(hops)]),
  fc.subarray(['10.0.0.0/8', '::1', '192.168.1.7', 'fd00::/8'], { minLength: 1 }),
);

const flag = (name: string, value: fc.Arbitrary<string>) =>
  fc.option(
    value.map((text) => [`--${name}`, text]),
    { nil: [] },
  );

const repeated = (name: string, values: readonly string[]) => values.flatMap((text) => [`--${name}`, text]);

const toggled = (name: string) => fc.constantFrom([], [`--${name}`], [`--no-${name}`]);

const commandLine = (own: { cert: string; key: string }) =>
  fc
    .tuple(
      flag('framework', choiceOf('framework')),
      flag('store', choiceOf('store')),
      flag('policy', choiceOf('policy')),
      flag('idle-timeout', duration),
      flag('absolute-timeout', duration),
      flag('reauth-window', duration),
      flag('cookie-name', cookieName),
      flag('cookie-lifetime', choiceOf('cookieLifetime')),
      flag('same-site', choiceOf('sameSite')),
      fc.oneof(
        fc.constantFrom([], ['--tls', 'mkcert'], ['--tls-cert', own.cert, '--tls-key', own.key]),
        proxies.map((values) => repeated('trust-proxy', values)),
      ),
      fc
        .subarray(['a.test', 'xn--bcher-kva.example', '127.0.0.2'])
        .map((names) => repeated('hostname', names)),
      flag('port', port),
      flag('http-port', port),
      ...['pages', 'install', 'git', 'docker'].map(toggled),
      flag('package-manager', choiceOf('packageManager')),
      flag('ci', fc.constant('github')),
      fc.constantFrom(['my-app'], ['@scope/my.app'], ['my_app-1'], ['./update']),
    )
    .map((parts) => parts.flat());

/** As the user's shell reads the command: who starts it, and what we get of it. npm takes its `--` for itself. */
function readCommand(command: string): { starter: PackageManager; words: string[] } {
  const [, starter, words] = /^(\w+) create \S+ (.*)$/.exec(command) ?? [];
  const script = `printf '%s\\0' ${words}`;
  const texts = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
  return {
    starter: starter as PackageManager,
    words: starter === 'npm' ? texts.filter((word) => word !== '--') : texts,
  };
}

describe('the reproduction command', () => {
  it('leads to the same bytes, over the whole option space', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(commandLine(temporaryOwnCertificate()), async (args) => {
        const answers = await answersOf(...args).catch(() => undefined);
        fc.pre(answers !== undefined && !findConflict(answers));
        const { starter, words } = readCommand(reproductionCommand(answers));
        const again = await answersBy(starter, ...words);
        expect(plan(again, overlays).files).toEqual(plan(answers, overlays).files);
        expect(readDocument(toDocument(answers), '/')).toEqual(answers);
      }),
      { numRuns: 150 },
    );
  });
});
