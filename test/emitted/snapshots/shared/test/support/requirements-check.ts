/**
 * Ends a run with a failure when a test that a requirement names is missing or was skipped: a proof that did not run
 * proves nothing. A run of some files is asked only for theirs. Not a reporter, as `--reporter` would replace it.
 */
import type { TestCase, TestModule, TestProject } from 'vitest/node';
import { isNamed, REQUIREMENTS } from './requirements.ts';

export default async function setup({ vitest, config }: TestProject): Promise<() => void> {
  const all = await vitest.globTestSpecifications();
  return () => {
    // `-t` skips whatever it was not asked for.
    if (config.testNamePattern) return;
    const modules = vitest.state.getTestModules();
    const ran = new Set(modules.map(({ moduleId }) => moduleId));
    const isFull = all.every(({ moduleId }) => ran.has(moduleId));
    const hasEngine = modules[0]?.project.getProvidedContext().engineUrl !== null;
    const problems = problemsOf(modules, isFull, hasEngine);
    if (problems.length === 0) return;
    console.error(
      `\nProofs that did not run, by requirements.json:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    );
    process.exitCode = 1;
  };
}

/** @param hasEngine without one, what is about the engine itself is skipped, and the run has said so */
function problemsOf(modules: TestModule[], isFull: boolean, hasEngine: boolean): string[] {
  return REQUIREMENTS.flatMap(({ id, tests = [] }) =>
    tests.flatMap(({ file, name }) => {
      const module = modules.find(({ relativeModuleId }) => relativeModuleId === file);
      if (!module) return isFull ? [`${id}: no file ${file} was run`] : [];
      const cases = [...module.children.allTests()].filter(({ fullName }) => isNamed(name, fullName));
      if (cases.length === 0) return [`${id}: ${file} has no test "${name}"`];
      return hasEngine && cases.some(wasSkipped) ? [`${id}: ${file} skipped "${name}"`] : [];
    }),
  );
}

function wasSkipped(test: TestCase): boolean {
  return !['passed', 'failed'].includes(test.result().state);
}
