export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

interface Commands {
  install: string;
  run(script: string, args?: string): string;
}

const COMMANDS: Record<PackageManager, Commands> = {
  npm: {
    install: 'npm install',
    run(script, args) {
      const command = script === 'test' || script === 'start' ? `npm ${script}` : `npm run ${script}`;
      return args ? `${command} -- ${args}` : command;
    },
  },
  pnpm: { install: 'pnpm install', run: (script, args) => join('pnpm run', script, args) },
  yarn: { install: 'yarn install', run: (script, args) => join('yarn run', script, args) },
  // "bun test" would be bun's own test runner.
  bun: { install: 'bun install', run: (script, args) => join('bun run', script, args) },
};

export const packageManagerCommands = (name: PackageManager): Commands => COMMANDS[name];

/** Every package manager names itself in this variable when it starts a program: `pnpm/10.2.0 npm/? node/v22…`. */
export function detectPackageManager(env: Readonly<Record<string, string | undefined>>): PackageManager {
  const name = env.npm_config_user_agent?.split('/')[0] ?? '';
  return isPackageManager(name) ? name : 'npm';
}

const isPackageManager = (name: string): name is PackageManager => Object.hasOwn(COMMANDS, name);

const join = (...parts: (string | undefined)[]): string => parts.filter(Boolean).join(' ');
