/**
 * `npm run attack [-- NAME…]`: plays the known attacks against the running development server and tells what came
 * back. `npm run attack -- --weaken NAME`: plays one against a temporary copy of the project that lacks a protection,
 * and shows it succeed. `--list` shows all names. Touches nothing but accounts that it makes, and removes.
 *
 * Exit code: 0 all were stopped (with --weaken: the attack succeeded), 1 otherwise, 2 wrong usage or nobody to attack.
 */
import { parseArgs } from 'node:util';
import { argumentsOf } from './arguments.ts';
import { attackRunningServer, attackWeakenedCopy } from './attack/acts.ts';
import { ATTACKS } from './attack/attacks.ts';
import { say } from './attack/audience.ts';
import { WEAKENINGS } from './attack/weakenings.ts';
import { UsageError } from './with-engine.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());

try {
  const { list, weaken, names } = readOptions();
  if (list) showNames();
  else if (weaken !== undefined) await finish(attackWeakenedCopy(find(WEAKENINGS, weaken)));
  else await finish(attackRunningServer(names, interruption.signal));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function finish(act: Promise<boolean>): Promise<void> {
  const isAsWanted = await act;
  process.exitCode = interruption.signal.aborted ? 130 : isAsWanted ? 0 : 1;
}

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      args: argumentsOf(process.argv),
      options: { list: { type: 'boolean' }, weaken: { type: 'string' } },
      allowPositionals: true,
    });
    const names = positionals.map((name) => find(ATTACKS, name));
    if (values.weaken !== undefined && names.length > 0)
      throw new Error('--weaken takes one name and plays its attack');
    return { ...values, names: names.length > 0 ? names : ATTACKS };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function find<T extends { name: string }>(all: readonly T[], name: string): T {
  const found = all.find((one) => one.name === name);
  if (found) return found;
  throw new UsageError(`There is no "${name}". There are: ${all.map((one) => one.name).join(', ')}`);
}

function showNames(): void {
  say('npm run attack -- NAME            plays one attack');
  for (const { name, title } of ATTACKS) say(`  ${name.padEnd(22)}${title}`);
  say('\nnpm run attack -- --weaken NAME   plays one against a copy without the protection');
  for (const { name, what } of WEAKENINGS) say(`  ${name.padEnd(22)}${what}`);
}
