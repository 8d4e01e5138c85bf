import type { Mutant } from '../mutant.ts';
import type { Request } from './arguments.ts';

/** The mutants that were asked for. */
export function chosenFrom(
  mutants: readonly Mutant[],
  areas: Readonly<Record<string, readonly Mutant[]>>,
  { only, sample }: Pick<Request, 'only' | 'sample'>,
): Mutant[] {
  const known = new Set([
    ...Object.keys(areas),
    ...mutants.flatMap(({ id, requirement }) => [id, requirement]),
  ]);
  const unknown = only.filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Error(`there is no mutant, requirement or area ${unknown.join(', ')}`);
  const wanted = mutants.filter(
    (mutant) =>
      only.length === 0 ||
      only.includes(mutant.id.split(' @ ')[0] ?? '') ||
      only.includes(mutant.requirement) ||
      only.some((name) => areas[name]?.some(({ id }) => mutant.id.split(' @ ')[0] === id)),
  );
  return sample === undefined ? wanted : sampleOf(wanted, sample);
}

/** More on one database, and what the tests of all before have left there slows those down that go through all of it. */
const MUTANTS_PER_DATABASE = 20;

/** Mutants that one job can do after the other: of the same project, on a database that none of them spoils. */
export function groups(mutants: readonly Mutant[]): Mutant[][] {
  const together = new Map<string, Mutant[]>();
  mutants.forEach((mutant, index) => {
    const isAlone = changesSchema(mutant);
    const ordinary = `ordinary ${Math.floor(index / MUTANTS_PER_DATABASE)}`;
    const key = isAlone ? mutant.id : (mutant.flags?.join(' ') ?? ordinary);
    together.set(key, [...(together.get(key) ?? []), mutant]);
  });
  return [...together.values()].sort((a, b) => b.length - a.length);
}

// --- internal ---

/** On a database that has the schema already, its calls would all fail, or never meet the change. */
const changesSchema = ({ file }: Mutant): boolean =>
  file.startsWith('migrations/') || file === 'src/database/migrations.ts';

/** One of each requirement in turn, so that all are there before any is there twice. Always the same. */
function sampleOf(mutants: readonly Mutant[], size: number): Mutant[] {
  const runnable = mutants.filter((mutant) => !mutant.equivalent && !mutant.flags && !changesSchema(mutant));
  const byRequirement = [...groupBy(runnable).values()];
  const sample: Mutant[] = [];
  for (let round = 0; sample.length < Math.min(size, runnable.length); round += 1) {
    for (const group of byRequirement) {
      const mutant = group[round];
      if (mutant && sample.length < size) sample.push(mutant);
    }
  }
  return sample;
}

function groupBy(mutants: readonly Mutant[]): Map<string, Mutant[]> {
  const found = new Map<string, Mutant[]>();
  for (const mutant of mutants)
    found.set(mutant.requirement, [...(found.get(mutant.requirement) ?? []), mutant]);
  return found;
}
