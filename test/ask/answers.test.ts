import { describe, expect, it } from 'vitest';
import { decide } from '../../src/ask/answers.ts';
import { readArgs } from '../../src/ask/args.ts';
import { OPTION_ROWS, type OptionName } from '../../src/options/options.ts';
import { AROUND, answersOf } from '../support/answers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('decide without prompts', () => {
  it('takes the default of every option', async () => {
    const { answers, defaulted } = await decide({}, AROUND);
    expect(answers).toMatchInlineSnapshot(`
      {
        "absoluteTimeout": 28800000,
        "auth": "password",
        "ci": null,
        "cookieLifetime": "session",
        "cookieName": "__Host-id",
        "directory": "/projects/secure-session-app",
        "docker": false,
        "framework": "express",
        "git": true,
        "hostname": [],
        "httpPort": null,
        "idleTimeout": 1800000,
        "install": true,
        "packageManager": "npm",
        "pages": true,
        "policy": "standard",
        "port": 3443,
        "reauthWindow": 600000,
        "sameSite": "lax",
        "store": "postgres",
        "tls": "self-signed",
        "tlsCert": null,
        "tlsKey": null,
        "trustProxy": [],
      }
    `);
    expect([...defaulted]).toEqual(OPTION_ROWS.map(([name]) => name));
  });

  it.each([
    ['standard', 30 * MINUTE, 8 * HOUR, 10 * MINUTE, 'session'],
    ['strict', 15 * MINUTE, 8 * HOUR, 5 * MINUTE, 'session'],
    ['relaxed', 24 * HOUR, 30 * 24 * HOUR, 30 * MINUTE, 'absolute'],
  ])(
    'gives the clocks of the policy %s',
    async (policy, idleTimeout, absoluteTimeout, reauthWindow, cookieLifetime) => {
      const answers = await answersOf('--policy', policy);
      expect(answers).toMatchObject({ idleTimeout, absoluteTimeout, reauthWindow, cookieLifetime });
    },
  );

  it('lets a flag override what follows from the policy', async () => {
    const answers = await answersOf(
      '--policy',
      'relaxed',
      '--idle-timeout',
      '2h',
      '--cookie-lifetime',
      'session',
    );
    expect(answers).toMatchObject({
      idleTimeout: 2 * HOUR,
      absoluteTimeout: 720 * HOUR,
      cookieLifetime: 'session',
    });
  });

  it('takes --trust-proxy for --tls proxy', async () => {
    expect(await answersOf('--trust-proxy', '1')).toMatchObject({ tls: 'proxy', trustProxy: ['1'] });
  });

  it('suggests the package manager it was started with', async () => {
    const { answers } = await decide({}, { ...AROUND, packageManager: 'pnpm' });
    expect(answers.packageManager).toBe('pnpm');
  });
});

describe('decide with prompts', () => {
  it('asks in the order a person thinks, and only what is open', async () => {
    const asked: OptionName[] = [];
    const { given } = readArgs(['my-app', '--store', 'redis', '--no-git'], '/projects');
    const { defaulted } = await decide(given, AROUND, async (name, _known, suggestion) => {
      asked.push(name);
      return suggestion;
    });
    expect(asked).toEqual([
      'framework',
      'auth',
      'policy',
      'idleTimeout',
      'absoluteTimeout',
      'reauthWindow',
      'cookieName',
      'cookieLifetime',
      'sameSite',
      'tls',
      'pages',
      'packageManager',
      'install',
    ]);
    expect([...defaulted]).toEqual([
      'tlsCert',
      'tlsKey',
      'trustProxy',
      'hostname',
      'port',
      'httpPort',
      'docker',
      'ci',
    ]);
  });

  it('asks for the proxies when the answer is "behind a proxy"', async () => {
    const { answers } = await decide({}, AROUND, async (name, _known, suggestion) => {
      if (name === 'tls') return 'proxy';
      return name === 'trustProxy' ? ['10.1.0.0/16'] : suggestion;
    });
    expect(answers.trustProxy).toEqual(['10.1.0.0/16']);
  });

  it('suggests the clocks of the policy just chosen', async () => {
    const suggestions: unknown[] = [];
    await decide({}, AROUND, async (name, _known, suggestion) => {
      if (name.endsWith('Timeout')) suggestions.push(suggestion);
      return name === 'policy' ? 'strict' : suggestion;
    });
    expect(suggestions).toEqual([15 * MINUTE, 8 * HOUR]);
  });

  it('tells of a conflict among the flags before the first question', async () => {
    const { given } = readArgs(['--idle-timeout', '2h', '--absolute-timeout', '1h'], '/projects');
    const ask = async () => expect.unreachable('a question was asked');
    await expect(decide(given, AROUND, ask)).rejects.toThrow(
      '--absolute-timeout 1h is shorter than --idle-timeout 2h',
    );
  });
});

describe('every option', () => {
  it.each(OPTION_ROWS)('%s says what it is and why its default is what it is', (_name, option) => {
    expect(option.help).not.toBe('');
    expect(option.why).not.toBe('');
  });

  it.each(OPTION_ROWS.filter(([, { kind }]) => kind.placeholder !== ''))(
    '%s reads what it shows',
    (name, option) => {
      const value = option.default({}, AROUND);
      if (value === null) return;
      const texts = option.kind.show(value as object);
      if (texts.length > 0) expect(option.kind.read(texts.join(' '), '/projects'), name).toEqual(value);
    },
  );
});
