/** Applies mutants to a generated project, one at a time, and runs the project's own tests on each. */
import { AREAS, CATALOGUE } from './catalogue/index.ts';
import { type Mutant, mutantsFor } from './mutant.ts';
import { type Request, readRequest } from './support/arguments.ts';
import { type SharedServer, startServer } from './support/database.ts';
import { Job } from './support/job.ts';
import { judge } from './support/judge.ts';
import type { Outcome } from './support/outcome.ts';
import { render } from './support/render.ts';
import { countOf, table, writeReadme, writeResult } from './support/report.ts';
import { chosenFrom, groups } from './support/selection.ts';

const request = readRequest(process.argv.slice(2));
const combination = `${request.framework}-${request.store}`;
const mutants = chosenFrom(mutantsFor(CATALOGUE, request), AREAS, request);
console.log(`${mutants.length} mutants of ${combination}`);
const server = await startServer(request.store);
const outcomes: Outcome[] = [];
try {
  await refuseUnlessGreen();
  const waiting = groups(mutants);
  const workers = Array.from({ length: request.jobs }, (_, index) =>
    work(`${combination}-${index + 1}`, waiting),
  );
  await Promise.all(workers);
} finally {
  await server.stop();
}
const order = new Map(mutants.map(({ id }, index) => [id, index]));
outcomes.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
const isWhole = request.only.length === 0 && request.sample === undefined && !request.isQuick;
const file = writeResult(isWhole ? combination : `${combination}-part`, outcomes);
console.log(`\n${table(outcomes)}\n${file}`);
if (request.writeReadme && isWhole) writeReadme(combination, outcomes);
const { killed, equivalent } = countOf(outcomes);
process.exit(killed + equivalent === outcomes.length ? 0 : 1);

/** Whatever fails without a mutant would fail with one too, and prove nothing. */
async function refuseUnlessGreen(): Promise<void> {
  const project = await render(['--framework', request.framework, '--store', request.store]);
  const job = new Job(`${combination}-1`, project, await server.newDatabase());
  const { passed, failures, accidents } = await job.run({ files: [] });
  job.stop();
  console.log(`without a mutant: ${passed} passed, ${failures.length} failed`);
  const wrong = [...failures.map(({ test, message }) => `${test}: ${message}`), ...accidents];
  if (passed === 0 || wrong.length > 0)
    throw new Error(`the suite is not green without a mutant\n${wrong.join('\n')}`);
}

/** Takes groups until there is none left. Each has a project and a database of its own. */
async function work(name: string, waiting: Mutant[][]): Promise<void> {
  for (let group = waiting.shift(); group; group = waiting.shift())
    await workOn(name, group, server, request);
}

async function workOn(name: string, group: Mutant[], server: SharedServer, request: Request): Promise<void> {
  const flags = group[0]?.flags ?? [];
  const project = await render(['--framework', request.framework, '--store', request.store, ...flags]);
  const job = new Job(name, project, await server.newDatabase());
  try {
    for (const mutant of group) {
      const outcome = await judge(mutant, project, job, request.isQuick);
      outcomes.push(outcome);
      const { verdict, id, seconds, by } = outcome;
      console.log(
        `${verdict.padEnd(12)} ${id.padEnd(44)} ${seconds.toFixed(1).padStart(6)} s  ${by.slice(0, 120)}`,
      );
    }
  } finally {
    job.stop();
  }
}
