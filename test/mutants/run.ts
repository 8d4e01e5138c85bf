/** Applies mutants to a generated project, one at a time, and runs the project's own tests on each. */
import { AREAS, CATALOGUE } from './catalogue/index.ts';
import { type Mutant, mutantsFor } from './mutant.ts';
import { type Request, readRequest } from './support/arguments.ts';
import { type SharedServer, startServer } from './support/database.ts';
import { Job } from './support/job.ts';
import { judge } from './support/judge.ts';
import { countOf, type Outcome } from './support/outcome.ts';
import { render } from './support/render.ts';
import { table, writeReadme } from './support/report.ts';
import { fileOf, join, left, noteGreen, readResults, wasGreen, writeResults } from './support/results.ts';
import { chosenFrom, groups } from './support/selection.ts';

const request = readRequest(process.argv.slice(2));
const combination = `${request.framework}-${request.store}`;
const all = mutantsFor(CATALOGUE, request);
const chosen = chosenFrom(all, AREAS, request);
const file = fileOf(combination);
const isWhole = request.only.length === 0 && request.sample === undefined && !request.isQuick;
const earlier = isWhole && !request.isContinued ? [] : readResults(file, all);
const mutants = request.isContinued ? left(chosen, earlier) : chosen;
console.log(`${mutants.length} mutants of ${combination}`);
const end = performance.now() + (request.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
const outcomes: Outcome[] = [];
if (mutants.length > 0) await runAll();
const results = join(all, earlier, outcomes);
const missing = all.length - results.length;
const shown = isWhole ? results : outcomes;
console.log(`\n${table(shown)}\n${file}${missing > 0 ? `\n${missing} mutants have no result yet` : ''}`);
if (request.writeReadme && missing === 0) writeReadme(combination, results);
const { killed, equivalent } = countOf(shown);
process.exit(killed + equivalent === shown.length ? 0 : 1);

async function runAll(): Promise<void> {
  const server = await startServer(request.store);
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void server.stop().finally(() => process.exit(1)));
  try {
    await refuseUnlessGreen(server);
    const waiting = groups(mutants);
    const workers = Array.from({ length: request.jobs }, (_, index) =>
      work(`${combination}-${index + 1}`, waiting, server),
    );
    await Promise.all(workers);
  } finally {
    await server.stop();
  }
}

/** Whatever fails without a mutant would fail with one too, and prove nothing. A portion does not ask again. */
async function refuseUnlessGreen(server: SharedServer): Promise<void> {
  const project = await render(['--framework', request.framework, '--store', request.store]);
  if (request.isContinued && wasGreen(combination, project)) return;
  const job = new Job(`${combination}-1`, project, await server.newDatabase());
  const { passed, failures, accidents } = await job.run({ files: [] });
  job.stop();
  console.log(`without a mutant: ${passed} passed, ${failures.length} failed`);
  const wrong = [...failures.map(({ test, message }) => `${test}: ${message}`), ...accidents];
  if (passed === 0 || wrong.length > 0)
    throw new Error(`the suite is not green without a mutant\n${wrong.join('\n')}`);
  noteGreen(combination, project);
}

/** Takes groups until there is none left. Each has a project and a database of its own. */
async function work(name: string, waiting: Mutant[][], server: SharedServer): Promise<void> {
  for (let group = waiting.shift(); group && performance.now() < end; group = waiting.shift())
    await workOn(name, group, server, request);
}

async function workOn(name: string, group: Mutant[], server: SharedServer, request: Request): Promise<void> {
  const flags = group[0]?.flags ?? [];
  const project = await render(['--framework', request.framework, '--store', request.store, ...flags]);
  const job = new Job(name, project, await server.newDatabase());
  try {
    for (const mutant of group) {
      if (performance.now() > end) return;
      const outcome = await judge(mutant, project, job, request.isQuick);
      outcomes.push(outcome);
      // At once, as a run may be killed. A quick one has not asked the whole suite, so it says less of what lives.
      if (!request.isQuick) writeResults(file, join(all, earlier, outcomes));
      const { verdict, id, seconds, by } = outcome;
      console.log(
        `${verdict.padEnd(12)} ${id.padEnd(44)} ${seconds.toFixed(1).padStart(6)} s  ${by.slice(0, 120)}`,
      );
    }
  } finally {
    job.stop();
  }
}
