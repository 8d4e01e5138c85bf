/**
 * A process of its own, in the folder of one generated project: keeps vitest warm and runs test files when it is
 * asked. Each run gets a new worker, so nothing of one mutant reaches the next.
 */
import { relative, resolve } from 'node:path';
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

let isEnough = false;
let until = /^$/;
let cancel = async (): Promise<void> => {};

const vitest: Vitest = await createVitest('test', {
  watch: false,
  root: process.cwd(),
  maxWorkers: 1,
  silent: true,
  reporters: [{ onTestCaseResult: stopAfter }],
});
await vitest.standalone();
cancel = () => vitest.cancelCurrentRun('test-failure');
process.on('message', async (order: Order) => process.send?.(await obey(order)));
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function obey({ files, names, until: pattern = '^$', changed = [] }: Order): Promise<Run> {
  until = new RegExp(pattern);
  isEnough = false;
  for (const file of changed) vitest.invalidateFile(resolve(file));
  if (names) vitest.setGlobalTestNamePattern(new RegExp(names));
  else vitest.resetGlobalTestNamePattern();
  const specifications = await vitest.globTestSpecifications(files.map((file) => `test/${file}`));
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  const tests = testModules.flatMap((module) => [...module.children.allTests()]);
  return {
    passed: tests.filter((test) => test.result().state === 'passed').length,
    failures: tests.flatMap(failureOf),
    accidents: [...testModules.flatMap(accidentsOf), ...(unhandledErrors as Thrown[]).map(inWords)],
    isCut: isEnough,
  };
}

function stopAfter(test: TestCase): void {
  if (isEnough || !failureOf(test).some(({ test: name, isAssertion }) => isAssertion && until.test(name)))
    return;
  isEnough = true;
  void cancel();
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

/** A helper may wrap what failed, to say in which round. */
function isAssertion(error: Thrown): boolean {
  return error.name === 'AssertionError' || (error.cause !== undefined && isAssertion(error.cause));
}

function inWords({ name = '', message = '', cause }: Thrown): string {
  const words = `${name}: ${message}`.split('\n', 4).join(' ').slice(0, 300);
  return cause ? `${words} ← ${inWords(cause)}` : words;
}
