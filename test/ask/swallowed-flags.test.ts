import { describe, expect, it } from 'vitest';
import { refuseSwallowedFlags } from '../../src/ask/swallowed-flags.ts';
import { UserError } from '../../src/errors.ts';

function fixOf(argv: string[], env: Record<string, string>): string | undefined {
  try {
    if (argv[0] === 'create') refuseSwallowedFlags(argv.slice(1), env, 'create');
    else refuseSwallowedFlags(argv, env);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.details.fix;
    throw error;
  }
}

const CREATE = 'Put -- before the flags: npm create secure-session-app@latest';

// What npm 10.9 and 11 leave in the environment for each line; test/package/swallowed-flags.e2e.ts asks them.
describe('refuseSwallowedFlags', () => {
  it.each<[string, string[], Record<string, string>, string]>([
    ['my-app --store=redis', ['my-app'], { npm_config_store: 'redis' }, 'my-app -- --store redis'],
    ['my-app --store redis', ['my-app', 'redis'], { npm_config_store: 'true' }, 'my-app -- --store redis'],
    ['my-app --dry-run', ['my-app'], { npm_config_dry_run: 'true' }, 'my-app -- --dry-run'],
    ['my-app --no-git', ['my-app'], { npm_config_git: 'false' }, 'my-app -- --no-git'],
    ['my-app --git', ['my-app'], { npm_config_git: '' }, 'my-app -- --git'],
    ['my-app --no-pages', ['my-app'], { npm_config_pages: '' }, 'my-app -- --no-pages'],
    ['my-app --no-install', ['my-app'], { npm_config_install: '' }, 'my-app -- --no-install'],
    ['my-app --no-interactive', ['my-app'], { npm_config_interactive: '' }, 'my-app -- --no-interactive'],
    [
      'my-app --idle-timeout 15m',
      ['my-app', '15m'],
      { npm_config_idle_timeout: 'true' },
      'my-app -- --idle-timeout 15m',
    ],
    ['my-app --store', ['my-app'], { npm_config_store: 'true' }, 'my-app -- --store postgres|redis|mongo'],
    [
      'my-app --config a.json',
      ['my-app', 'a.json'],
      { npm_config_config: 'true' },
      'my-app -- --config a.json',
    ],
    [
      'my-app --on-conflict merge',
      ['my-app', 'merge'],
      { npm_config_on_conflict: 'true' },
      'my-app -- --on-conflict merge',
    ],
    [
      'create my-app --store redis',
      ['create', 'my-app', 'redis'],
      { npm_config_store: 'true' },
      'create my-app -- --store redis',
    ],
    ['create --dry-run', ['create'], { npm_config_dry_run: 'true' }, 'create -- --dry-run'],
    [
      'create --config create',
      ['create', 'create'],
      { npm_config_config: 'true' },
      'create -- --config create',
    ],
    ['create --config', ['create'], { npm_config_config: 'true' }, 'create -- --config FILE|-'],
    ['my-app --verify', ['my-app'], { npm_config_verify: 'true' }, 'my-app -- --verify'],
    ['my-app --json', ['my-app'], { npm_config_json: 'true' }, 'my-app -- --json'],
    [
      'my-app --hostname a.b --hostname c.d',
      ['my-app', 'a.b', 'c.d'],
      { npm_config_hostname: 'true\n\ntrue' },
      'my-app -- --hostname a.b --hostname c.d',
    ],
  ])('npm create … %s', (_line, argv, env, corrected) => {
    expect(fixOf(argv, env)).toBe(`${CREATE} ${corrected}`);
  });

  it('names the start script to whoever uses a clone', () => {
    const env = { npm_config_dry_run: 'true', npm_lifecycle_event: 'start' };
    expect(fixOf(['my-app'], env)).toBe('Put -- before the flags: npm start my-app -- --dry-run');
  });

  it.each([
    ['C:\\Users\\me\\Documents\\PowerShell\\Modules;C:\\Program Files\\PowerShell\\Modules'],
    ['C:\\Users\\me\\Documents\\WindowsPowerShell\\Modules;C:\\Windows\\system32'],
    ['/home/me/.local/share/powershell/Modules'],
  ])('quotes the dashes for PowerShell, which would take them away', (PSModulePath) => {
    const fix = fixOf(['my-app'], { npm_config_store: 'redis', PSModulePath });
    expect(fix).toContain("my-app '--' --store redis");
  });

  it('knows that other shells of Windows have the variable too', () => {
    const PSModulePath = 'C:\\Program Files\\WindowsPowerShell\\Modules';
    expect(fixOf(['my-app'], { npm_config_store: 'redis', PSModulePath })).toContain(
      'my-app -- --store redis',
    );
  });

  it('leaves a flag alone that came through beside a setting of that name', () => {
    expect(fixOf(['my-app', '--json'], { npm_config_json: 'true' })).toBeUndefined();
  });

  it.each<[string, Record<string, string>]>([
    [
      'settings of npm itself',
      { npm_config_cache: '/x', npm_config_fund: '', npm_config_user_agent: 'npm/11.0.0' },
    ],
    ['npm create --yes, which is for npm', { npm_config_yes: 'true' }],
    ["npm's path of git", { npm_config_git: '/usr/bin/git' }],
    ['a dry run that is off', { npm_config_dry_run: '' }],
  ])('leaves %s alone', (_name, env) => {
    expect(fixOf(['my-app'], env)).toBeUndefined();
  });
});
