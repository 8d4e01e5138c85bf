export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

export interface Commands {
  install: string;
  /** The same as if there were no workspace around the project. */
  installAlone: string;
  /** Arguments that ask for development dependencies, whatever a configuration file says. */
  withDevelopment: readonly string[];
  lockFile: string;
  /** Installs exactly the versions in the lock file. */
  cleanInstall: string;
  /** The same, without development dependencies. */
  productionInstall: string;
  /** Installs it on a machine that has only Node; empty when it comes with Node. */
  setUp: string;
  run(script: string, args?: string): string;
}

const COMMANDS: Record<PackageManager, Commands> = {
  npm: {
    install: 'npm install',
    installAlone: 'npm install --workspaces=false',
    withDevelopment: ['--include=dev'],
    lockFile: 'package-lock.json',
    cleanInstall: 'npm ci --ignore-scripts',
    productionInstall: 'npm ci --omit=dev --ignore-scripts',
    setUp: '',
    run(script, args) {
      const command = script === 'test' || script === 'start' ? `npm ${script}` : `npm run ${script}`;
      return args ? `${command} -- ${args}` : command;
    },
  },
  pnpm: {
    install: 'pnpm install',
    installAlone: 'pnpm install --ignore-workspace',
    withDevelopment: ['--prod=false'],
    lockFile: 'pnpm-lock.yaml',
    cleanInstall: 'pnpm install --frozen-lockfile --ignore-scripts',
    productionInstall: 'pnpm install --frozen-lockfile --ignore-scripts --prod',
    setUp: 'npm install --global pnpm',
    run: (script, args) => join('pnpm run', script, args),
  },
  yarn: {
    install: 'yarn install',
    installAlone: 'yarn install',
    withDevelopment: [],
    lockFile: 'yarn.lock',
    cleanInstall: 'yarn install --frozen-lockfile --ignore-scripts',
    productionInstall: 'yarn install --frozen-lockfile --ignore-scripts --production',
    setUp: '',
    run: (script, args) => join('yarn run', script, args),
  },
  // "bun test" would be bun's own test runner.
  bun: {
    install: 'bun install',
    installAlone: 'bun install',
    withDevelopment: [],
    lockFile: 'bun.lock',
    cleanInstall: 'bun install --frozen-lockfile --ignore-scripts',
    productionInstall: 'bun install --frozen-lockfile --ignore-scripts --production',
    setUp: 'npm install --global bun',
    run: (script, args) => join('bun run', script, args),
  },
};

export const packageManagerCommands = (name: PackageManager): Commands => COMMANDS[name];

/** Every package manager puts its name in this variable when it starts a program: `pnpm/10.2.0 npm/? node/v22…`. */
export function detectPackageManager(env: Readonly<Record<string, string | undefined>>): PackageManager {
  const name = env.npm_config_user_agent?.split('/')[0] ?? '';
  return isPackageManager(name) ? name : 'npm';
}

const isPackageManager = (name: string): name is PackageManager => Object.hasOwn(COMMANDS, name);

const join = (...parts: (string | undefined)[]): string => parts.filter(Boolean).join(' ');
