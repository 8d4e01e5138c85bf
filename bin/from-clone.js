// `npm start` and `npm test` on a fresh clone: installs and builds where needed, then does what was asked.
// Plain JavaScript without dependencies, because at first nothing else can run.
const { spawnSync } = require('node:child_process');
const { existsSync, readdirSync, rmSync, statSync } = require('node:fs');
const { join, resolve } = require('node:path');

const root = resolve(__dirname, '..');
const inRoot = (...parts) => join(root, ...parts);

const TASKS = {
  /** Paths of the user are relative to where npm was called, which is not where npm runs scripts. */
  start: (args) => {
    buildWhereNeeded();
    node(inRoot('bin', 'create-secure-session-app.js'), args, process.env.INIT_CWD || process.cwd());
  },
  /** Builds too: the tests call `prepare`, because they may be started without npm. */
  test: (args) => node(inRoot('node_modules', 'vitest', 'vitest.mjs'), ['run', ...args], root),
  prepare: buildWhereNeeded,
  /** For publishing: from nothing, so that no file of an earlier build is packed. */
  build: () => {
    rmSync(inRoot('dist'), { recursive: true, force: true });
    build();
  },
};

function main([task, ...args]) {
  installWhereNeeded();
  TASKS[task](args);
}

const BUILT_FROM = ['src', 'templates', 'package.json', 'rolldown.config.ts'];

function installWhereNeeded() {
  const installed = inRoot('node_modules', '.package-lock.json');
  if (!isOlder(installed, ['package-lock.json'])) return;
  console.error('Installing what the generator is built with …');
  // Flags that npm swallowed (a --dry-run without --) are meant for the generator, which refuses them itself.
  const { npm_config_dry_run, npm_config_git, npm_config_install, ...env } = process.env;
  // Not "npm ci": it wants every platform's optional packages, and a registry may hold only those of this one.
  setUp('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    env,
    shell: process.platform === 'win32',
  });
}

function buildWhereNeeded() {
  if (isOlder(inRoot('dist', 'cli.cjs'), BUILT_FROM)) build();
}

function build() {
  const rolldown = inRoot('node_modules', 'rolldown', 'bin', 'cli.mjs');
  setUp(process.execPath, [rolldown, '--config', 'rolldown.config.ts', '--log-level', 'warn']);
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

/** What was asked for has the terminal and decides the exit code. */
function node(script, args, cwd) {
  // Ctrl-C goes to both of us; we stay until the other has said what is left to do.
  process.on('SIGINT', () => {});
  run(process.execPath, [script, ...args], { cwd, stdio: 'inherit' });
}

/** Output of set-up goes to stderr: stdout belongs to what was asked for. */
function setUp(program, args, options) {
  run(program, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
}

function run(program, args, options) {
  const result = spawnSync(program, args, options);
  if (result.error) throw result.error;
  // Null after a signal.
  if (result.status !== 0) process.exit(result.status === null ? 130 : result.status);
}

main(process.argv.slice(2));
