import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WEAKENINGS, weaken } from '../../templates/base/scripts/attack/weakenings.ts';
import { freePort } from '../databases/free-port.ts';
import { type Running, start } from '../package/support/server.ts';
import { combinations, named } from './support/combinations.ts';
import { emit, filesOf } from './support/emit.ts';
import { type Ending, runScript } from './support/scripts.ts';

/** `npm run attack` of an emitted project. */

describe('what --weaken takes away', () => {
  it.for(named(combinations()))('is found once each in %s', async ([, { flags }]) => {
    const files = new Map((await filesOf('my-app', flags)).map(({ path, contents }) => [path, contents]));
    for (const edit of WEAKENINGS) {
      expect(weaken(files.get(edit.file) ?? '', edit), edit.name).toContain(edit.replace);
    }
  });
});

describe('npm run attack', { timeout: 120_000 }, () => {
  let directory: string;
  let server: Running;
  let attacks: readonly { name: string; title: string }[];
  const attack = (args = '', env: Record<string, string> = {}): Promise<Ending> =>
    runScript(directory, 'attack', { args, env });

  beforeAll(async () => {
    directory = await emit('my-app', ['--port', String(await freePort())], 'attack');
    attacks = (await import(join(directory, 'scripts/attack/attacks.ts'))).ATTACKS;
    await runScript(directory, 'build');
  }, 60_000);
  afterAll(() => server?.end('SIGINT'));

  it('has one protection to take away for each attack, and lists both', async () => {
    const names = attacks.map(({ name }) => name);
    expect(WEAKENINGS.map(({ attack }) => attack).sort()).toEqual([...names].sort());
    const { code, output } = await attack('--list');
    expect(code).toBe(0);
    for (const name of [...names, ...WEAKENINGS.map(({ name }) => name)])
      expect(output).toContain(`  ${name} `);
  });

  it('says what to do when no server runs', async () => {
    const { code, output } = await attack();
    expect(code).toBe(2);
    expect(output).toMatch(/^No server answers at https:\/\/my-app\.localhost:\d+\. Start it .*npm run dev$/);
  });

  it('attacks nothing but a development server on this machine', async () => {
    const foreign = await attack('', { APP_ORIGINS: 'https://app.example,https://10.0.0.1' });
    expect(foreign.code).toBe(2);
    expect(foreign.output).toContain('names no loopback address');
    const production = await attack('', { NODE_ENV: 'production' });
    expect(production.code).toBe(2);
    expect(production.output).toContain('Attacks are for development servers.');
  });

  it.each(['nothing', '--weaken nothing', '--loudly', '--weaken idle replay'])('refuses %s', async (args) => {
    const { code, output } = await attack(args);
    expect(code).toBe(2);
    expect(output).not.toContain('    at ');
  });

  it('is stopped by a running project, leaves no account, and can be repeated at once', async () => {
    const command = ['node', '--env-file-if-exists=.env', 'dist/scripts/dev.js'] as const;
    server = await start(command, directory, /sys_startup/);
    for (const time of ['first', 'second']) {
      const { code, output } = await attack();
      expect(code, `${time}: ${output}`).toBe(0);
      for (const { name, title } of attacks) expect(output).toContain(`${name.padEnd(14)}${title}`);
      expect(output).not.toContain('could not be removed');
      expect(output).not.toContain('\u001b');
    }
    const log = server.output();
    const count = (event: string) => log.split(`"event":"${event}"`).length - 1;
    const deletions = log.match(/"method":"DELETE","path":"\/api\/account".*"status":204/g) ?? [];
    expect(count('user_created')).toBeGreaterThan(10);
    expect(deletions).toHaveLength(count('user_created'));
  });

  it('succeeds against a copy without the protection, and removes the copy', async () => {
    const { code, output } = await attack('--weaken regenerate');
    expect(code, output).toBe(0);
    expect(output).toContain('-     if (before) await store.terminate(sessionIdOf(request));');
    expect(output).toContain('SUCCEEDED');
    expect(readdirSync(join(directory, '.data')).filter((name) => name.startsWith('weakened'))).toEqual([]);
  });
});
