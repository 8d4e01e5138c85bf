/**
 * A process of its own, in the folder of one generated project: keeps vitest warm and runs test files when it is
 * asked. Each run gets a new worker, so nothing of one mutant reaches the next.
 */
import { relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { createVitest, type TestCase, type TestModule, type Vitest } from 'vitest/node';
import type { Failure, Run } from './outcome.ts';

/** What a job is asked. */
export interface Order {
  /** Empty: all. */
  files: readonly string[];
  /** Names of tests, as a regular expression; the others of these files are not run. */
  names?: string;
  /** Stops at the first failure by assertion of a test whose name matches. */
  until?: string;
  /** Files that have changed since the last order. */
  changed?: readonly string[];
}

/** Serialised errors, one in the other. */
interface Thrown {
  name?: string;
  message?: string;
  cause?: Thrown;
}

/** What the run that is under way came to so far: told by vitest as it happens, as its own state outlives a run. */
interface Progress {
  until: RegExp;
  passed: number;
  failures: Failure[];
  accidents: string[];
  cancelling?: Promise<void>;
}

/** For one test. A project allows a minute, for slow machines; a mutant that makes many tests hang would need an hour. */
const PATIENCE_MS = 12_000;

let progress: Progress = { until: /^$/, passed: 0, failures: [], accidents: [] };

const vitest: Vitest = await createVitest('test', {
  watch: false,
  root: process.cwd(),
  maxWorkers: 1,
  silent: true,
  reporters: [
    {
      onTestCaseResult: note,
      onTestModuleEnd: (module) => void progress.accidents.push(...accidentsOf(module)),
    },
  ],
});
await vitest.standalone();
for (const project of vitest.projects) project.config.testTimeout = PATIENCE_MS;
process.on('message', async (order: Order) => process.send?.(await obey(order)));
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL')); // exit() would wait for the tests of a mutant
process.send?.('ready');

async function obey({ files, names, until = '^$', changed = [] }: Order): Promise<Run> {
  progress = { until: new RegExp(until), passed: 0, failures: [], accidents: [] };
  for (const file of changed) vitest.invalidateFile(resolve(file));
  if (names) vitest.setGlobalTestNamePattern(new RegExp(names));
  else vitest.resetGlobalTestNamePattern();
  const specifications = await vitest.globTestSpecifications(files.map((file) => `test/${file}`));
  const { unhandledErrors } = await vitest.runTestSpecifications(specifications);
  await progress.cancelling;
  const { passed, failures, accidents } = progress;
  return { passed, failures, accidents: [...accidents, ...(unhandledErrors as Thrown[]).map(inWords)] };
}

function note(test: TestCase): void {
  if (test.result().state === 'passed') progress.passed += 1;
  const failures = failureOf(test);
  progress.failures.push(...failures);
  const isEnough = failures.some(({ test: name, isAssertion }) => isAssertion && progress.until.test(name));
  if (isEnough) progress.cancelling ??= vitest.cancelCurrentRun('test-failure');
}

function failureOf(test: TestCase): Failure[] {
  const { state, errors = [] } = test.result();
  if (state !== 'failed') return [];
  const name = `${relative(resolve('test'), test.module.moduleId)} > ${test.fullName}`;
  const thrown: readonly Thrown[] = errors;
  const found = thrown.find(isAssertion) ?? thrown[0] ?? {};
  return [{ test: name, message: inWords(found), isAssertion: isAssertion(found) }];
}

/** What failed around the tests: in a hook, or while the file was read. */
function accidentsOf(module: TestModule): string[] {
  const suites = [...module.children.allSuites()];
  const errors = [module, ...suites].flatMap((task) => task.errors() as readonly Thrown[]);
  return errors.map((error) => `${relative(resolve('test'), module.moduleId)}: ${inWords(error)}`);
}

/** A helper may wrap what failed, to say in which round. Matchers such as toSatisfy throw an error without a name. */
function isAssertion({ name, message = '', cause }: Thrown): boolean {
  const isOne = name === 'AssertionError' || stripVTControlCharacters(message).startsWith('expect(');
  return isOne || (cause !== undefined && isAssertion(cause));
}

function inWords({ name = '', message = '', cause }: Thrown): string {
  const words = `${name}: ${message}`.split('\n', 4).join(' ').slice(0, 300);
  return cause ? `${words} ← ${inWords(cause)}` : words;
}
