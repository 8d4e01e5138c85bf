// `npm start` and `npm test` on a fresh clone: installs and builds where needed, then does what was asked.
// Plain JavaScript without dependencies, because at first nothing else can run.
const { spawnSync } = require('node:child_process');
const { existsSync, readdirSync, rmSync, statSync } = require('node:fs');
const { join, resolve } = require('node:path');

const root = resolve(__dirname, '..');
const inRoot = (...parts) => join(root, ...parts);

const TASKS = {
  /** Paths of the user are relative to where npm was called, which is not where npm runs scripts. */
  start: (args) =>
    node(inRoot('bin', 'create-secure-session-app.js'), args, process.env.INIT_CWD || process.cwd()),
  test: (args) => node(inRoot('node_modules', 'vitest', 'vitest.mjs'), ['run', ...args], root),
  /** For publishing: from nothing, so that no file of an earlier build is packed. */
  build: () => {
    rmSync(inRoot('dist'), { recursive: true, force: true });
    build();
  },
};

function main([task, ...args]) {
  installWhereNeeded();
  if (task !== 'build' && isOlder(inRoot('dist', 'cli.cjs'), BUILT_FROM)) build();
  TASKS[task](args);
}

const BUILT_FROM = ['src', 'templates', 'package.json', 'rolldown.config.ts'];

function installWhereNeeded() {
  const installed = inRoot('node_modules', '.package-lock.json');
  if (!isOlder(installed, ['package-lock.json'])) return;
  console.error('Installing what the generator is built with …');
  // Flags that npm swallowed (a --dry-run without --) are meant for the generator, which refuses them itself.
  const { npm_config_dry_run, npm_config_git, npm_config_install, ...env } = process.env;
  const command = existsSync(installed) ? 'install' : 'ci';
  run('npm', [command, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env,
    shell: process.platform === 'win32',
  });
}

function build() {
  run(
    process.execPath,
    [
      inRoot('node_modules', 'rolldown', 'bin', 'cli.mjs'),
      '--config',
      'rolldown.config.ts',
      '--log-level',
      'warn',
    ],
    { cwd: root },
  );
}

function isOlder(made, sources) {
  if (!existsSync(made)) return true;
  return sources.some((source) => newest(inRoot(source)) > statSync(made).mtimeMs);
}

function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce(
    (latest, name) => Math.max(latest, newest(join(path, name))),
    stats.mtimeMs,
  );
}

function node(script, args, cwd) {
  run(process.execPath, [script, ...args], { cwd });
}

/** Output of set-up goes to stderr: stdout belongs to the generator. Its exit code becomes ours. */
function run(program, args, options) {
  const isSetUp = options.cwd === root && !args.includes('run');
  const result = spawnSync(program, args, { stdio: isSetUp ? ['ignore', 2, 2] : 'inherit', ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status === null ? 130 : result.status);
}

main(process.argv.slice(2));
