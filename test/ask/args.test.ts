import { describe, expect, it } from 'vitest';
import { readArgs } from '../../src/ask/args.ts';
import { UserError } from '../../src/errors.ts';

const CWD = '/projects';

function errorOf(...argv: string[]): UserError {
  try {
    readArgs(argv, CWD);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`${argv.join(' ')} was accepted`);
}

describe('readArgs', () => {
  it.each([
    [[], {}],
    [['my-app'], { directory: '/projects/my-app' }],
    [['../other'], { directory: '/other' }],
    [['/tmp/x'], { directory: '/tmp/x' }],
    [['.'], { directory: '/projects' }],
    [['--store', 'redis'], { store: 'redis' }],
    [['--store=redis'], { store: 'redis' }],
    [['--store', 'pg'], { store: 'postgres' }],
    [['--store', 'PostgreSQL'], { store: 'postgres' }],
    [['--store', 'mongodb', 'my-app'], { store: 'mongo', directory: '/projects/my-app' }],
    [['--idle-timeout', '15m'], { idleTimeout: 900_000 }],
    [['--git', '--no-install'], { git: true, install: false }],
    [['--no-git', '--no-git'], { git: false }],
    [['--port', '8443'], { port: 8443 }],
    [['--trust-proxy', '10.0.0.0/8', '--trust-proxy', '::1'], { trustProxy: ['10.0.0.0/8', '::1'] }],
    [['--trust-proxy', '10.0.0.0/8,::1'], { trustProxy: ['10.0.0.0/8', '::1'] }],
    [['--hostname', 'a.test', '--hostname', 'A.test'], { hostname: ['a.test'] }],
    [['--ci', 'none'], { ci: null }],
    [['--http-port=none'], { httpPort: null }],
    [['--tls-cert', 'none', '--tls-key', 'none'], { tlsCert: null, tlsKey: null }],
    [['--hostname', 'none', '--trust-proxy', 'none'], { hostname: [], trustProxy: [] }],
    [['--ci', 'none', '--ci', 'none'], { ci: null }],
    [['--', 'my-app'], { directory: '/projects/my-app' }],
    [['--store', 'redis', '--store', 'redis'], { store: 'redis' }],
  ])('reads %j', (argv, given) => {
    expect(readArgs(argv, CWD).given).toEqual(given);
  });

  it('tells flags about the run from answers', () => {
    const { given, run } = readArgs(['-y', '--dry-run', '--no-interactive'], CWD);
    expect(given).toEqual({});
    expect([...run.keys()]).toEqual(['yes', 'dry-run', 'no-interactive']);
  });

  it.each([
    [['--bogus'], 'unknown flag --bogus', undefined],
    [['--stor', 'redis'], 'unknown flag --stor', '--store'],
    [['--no-gti'], 'unknown flag --no-gti', '--no-git'],
    [['--no-store'], 'unknown flag --no-store', undefined],
    [['--dryrun'], 'unknown flag --dryrun', '--dry-run'],
    [['-x'], 'unknown flag -x', undefined],
    [['--directory', 'x'], 'unknown flag --directory', undefined],
  ])('refuses %j', (argv, message, didYouMean) => {
    const error = errorOf(...argv);
    expect(error.message).toBe(message);
    expect(error.code).toBe('unknown_flag');
    if (didYouMean) expect(error.details.fix).toBe(`Did you mean ${didYouMean}?`);
  });

  it('names flag, value, allowed values and the nearest match of a bad value', () => {
    const error = errorOf('--store', 'redsi');
    expect(error.message).toBe('--store: "redsi" is not postgres, redis or mongo');
    expect(error.details).toEqual({
      flag: 'store',
      allowed: ['postgres', 'redis', 'mongo'],
      didYouMean: 'redis',
      fix: 'Did you mean redis?',
    });
  });

  it.each([
    [['--framework', 'hapi'], '"hapi" is not express, fastify or koa'],
    [['--idle-timeout', '30'], '"30" has no unit'],
    [['--cookie-name', 'a b'], 'RFC 6265'],
    [['--cookie-name', 'sid'], 'use __Host-sid'],
    [['--same-site', 'none'], 'not lax or strict'],
    [['--port', '0'], '1 to 65535'],
    [['--port', '65536'], '1 to 65535'],
    [['--port', '3e3'], '1 to 65535'],
    [['--http-port', '-1'], 'needs a value'],
    [['--tls', 'acme'], '"acme" is not self-signed, mkcert, files or proxy'],
    [['--tls-cert', 'missing.pem'], 'no such file'],
    [['--trust-proxy', '0.0.0.0/0'], 'trusts everyone'],
    [['--trust-proxy', ','], 'contains no value'],
    [['--hostname', '*.test'], 'wildcards'],
    [['My App!'], 'try my-app'],
    [['a', 'b'], '"b" is a second directory'],
    [['--git=no'], '--git takes no value'],
    [['--yes=true'], '--yes takes no value'],
    [['--store'], '--store needs a value: postgres|redis|mongo'],
    [['--store='], '--store needs a value'],
    [['--store', '--yes'], '--store needs a value'],
    [['--store', 'redis', '--store', 'pg'], 'given twice, as redis and as postgres'],
    [['--git', '--no-git'], 'given twice'],
    [['--ci', 'none', '--ci', 'github'], 'given twice, as none and as github'],
    [['--store', 'none'], '"none" is not postgres, redis or mongo'],
    [['--idle-timeout', 'none'], '"none" is not a duration'],
    [[''], 'directory needs a value'],
    [['--', ''], 'directory needs a value'],
  ])('refuses %j', (argv, message) => {
    expect(errorOf(...argv).message).toContain(message);
  });
});
