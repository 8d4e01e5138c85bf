import type { Answers } from '../../src/options/options.ts';

/** One edit of a generated project that takes one protection away. */
export interface Mutant {
  /** Unique within a project; the same protection has the same id whatever the framework and the store. */
  id: string;
  /** The requirement that is no longer met: the id of a row of SECURITY.md. */
  requirement: string;
  /** Other requirements that go with it, each of which must have a test that kills it too. */
  also?: readonly string[];
  /** Which protection goes, in one sentence. */
  what: string;
  /** In the project, with slashes. */
  file: string;
  /** Occurs exactly once in that file as it is rendered, so that the catalogue cannot rot. */
  find: string;
  replace: string;
  /** All, unless it says which. */
  frameworks?: readonly Answers['framework'][];
  stores?: readonly Answers['store'][];
  /** Flags for the generator, where the default project has no such protection. */
  flags?: readonly string[];
  /** Files of test/ that run before the rest of the suite, besides those of the requirement. */
  tests?: readonly string[];
  /** Why no test can tell the difference. Such a mutant is not run. */
  equivalent?: string;
}

type Place = Pick<Mutant, 'file' | 'frameworks' | 'stores' | 'flags' | 'tests'>;
type Edit = Omit<Mutant, 'file'>;

/** Mutants of one file. What they have in common is said once. */
export function mutantsOf(place: Place, edits: readonly Edit[]): Mutant[] {
  return edits.map((edit) => ({ ...place, ...edit }));
}

/** What is rendered of a project, by path. */
export type Contents = ReadonlyMap<string, string>;

/** @throws Error unless the text occurs exactly once */
export function mutate(contents: Contents, { id, file, find, replace }: Mutant): string {
  const text = contents.get(file);
  if (text === undefined) throw new Error(`${id}: the project has no file ${file}`);
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${id}: ${file} holds its text ${times} times, not once:\n${find}`);
  return text.replace(find, () => replace);
}

/** The mutants of a project of that framework and store, once for each requirement. */
export function mutantsFor(
  all: readonly Mutant[],
  { framework, store }: Pick<Answers, 'framework' | 'store'>,
): Mutant[] {
  return all
    .filter(
      ({ frameworks, stores }) =>
        (frameworks?.includes(framework) ?? true) && (stores?.includes(store) ?? true),
    )
    .flatMap(({ also = [], ...mutant }) => [
      mutant,
      ...also.map((requirement) => ({ ...mutant, id: `${mutant.id} @ ${requirement}`, requirement })),
    ]);
}
