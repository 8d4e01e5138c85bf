import { describe, expect, it } from 'vitest';
import { detectPackageManager } from '../../src/options/package-manager.ts';
import { runProgram } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** What each of them really says of itself. */
const USER_AGENTS = {
  npm: 'npm/11.6.2 node/v24.11.0 linux x64 workspaces/false',
  pnpm: 'pnpm/10.2.0 npm/? node/v22.13.0 linux x64',
  'yarn 1': 'yarn/1.22.22 npm/? node/v20.20.2 linux x64',
  'yarn 4': 'yarn/4.18.1 npm/? node/v20.20.2 linux x64',
  bun: 'bun/1.4.5 npm/? node/v24.3.0 linux x64',
};

describe('the package manager', () => {
  it.each([
    [USER_AGENTS.npm, 'npm'],
    [USER_AGENTS.pnpm, 'pnpm'],
    [USER_AGENTS['yarn 1'], 'yarn'],
    [USER_AGENTS['yarn 4'], 'yarn'],
    [USER_AGENTS.bun, 'bun'],
    ['cnpm/9.4.0 npminstall/7.12.0 node/v20.20.2', 'npm'],
    [undefined, 'npm'],
  ])('that calls itself %s is %s', (agent, name) => {
    expect(detectPackageManager({ npm_config_user_agent: agent })).toBe(name);
  });

  it.each([
    ['npm', 'npm install', 'npm run dev', 'npm test'],
    ['pnpm', 'pnpm install', 'pnpm run dev', 'pnpm run test'],
    ['yarn 1', 'yarn install', 'yarn run dev', 'yarn run test'],
    ['yarn 4', 'yarn install', 'yarn run dev', 'yarn run test'],
    ['bun', 'bun install', 'bun run dev', 'bun run test'],
  ] as const)('that started us is the one of the next steps: %s', async (manager, install, dev, test) => {
    const env = { npm_config_user_agent: USER_AGENTS[manager] };
    const { stdout } = await runProgram(['my-app', '--no-install', '--no-git'], {
      cwd: temporaryDirectory(),
      env,
    });
    expect(stdout).toContain(
      [
        'Next:',
        '  cd my-app',
        `  ${install}`,
        `  ${dev}  # then open https://my-app.localhost:3443`,
        `  ${test}  # proves every protection`,
      ].join('\n'),
    );
  });
});
