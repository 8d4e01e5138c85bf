import { findConflict } from '../options/conflicts.ts';
import {
  type Answers,
  type Known,
  OPTION_ROWS,
  type Option,
  type OptionName,
  type Surroundings,
} from '../options/options.ts';

/** Returned instead of an answer: go back to the previous question. */
export const BACK = Symbol('back');

/** Returned instead of an answer: use the default; nothing was asked, so there is nothing to go back to. */
export const UNASKED = Symbol('unasked');

/** Asks for one option, given what is known so far, the value to suggest, and the default. */
export type Ask = (
  name: OptionName,
  known: Known,
  suggestion: unknown,
  standard: unknown,
) => Promise<unknown>;

/** Shows the complete answers. BACK returns to the last question. */
export type Review = (answers: Answers) => Promise<unknown>;

export interface Decision {
  answers: Answers;
  /** The options that were neither given nor asked for. */
  defaulted: ReadonlySet<OptionName>;
}

/**
 * Given values + prompts + defaults → the complete answers, in the order of the option table.
 *
 * @throws UserError when they conflict
 */
export async function decide(
  given: Known,
  around: Surroundings,
  ask?: Ask,
  review?: Review,
): Promise<Decision> {
  // Conflicts among the given values are reported before the first question.
  refuseConflict(given);
  const open = OPTION_ROWS.filter(([name]) => given[name] === undefined);
  const taken = new Map<OptionName, { value: unknown; isAsked: boolean }>();
  const suggest = rememberSuggestions();
  for (let index = 0; ; index++) {
    const known: Known = {
      ...given,
      ...Object.fromEntries([...taken].map(([name, { value }]) => [name, value])),
    };
    const row = open[index];
    let value: unknown;
    let isAsked = false;
    if (row) {
      const [name, option] = row;
      const standard = option.default(known, around);
      isAsked = ask !== undefined && isOpen(option, known);
      value = isAsked ? await ask?.(name, known, suggest(name, standard), standard) : standard;
      if (value === UNASKED) [value, isAsked] = [standard, false];
      if (value !== BACK) suggest.remember(name, value, standard);
    } else {
      refuseConflict(known);
      value = await review?.(known as Answers);
      if (value !== BACK) return { answers: known as Answers, defaulted: namesOf(taken, false) };
    }
    if (value === BACK) index = undoLast(taken, open) - 1;
    else if (row) taken.set(row[0], { value, isAsked });
  }
}

// --- internal ---

type Taken = Map<OptionName, { value: unknown; isAsked: boolean }>;

const isOpen = (option: Option<unknown>, known: Known): boolean =>
  option.question !== undefined && (option.isAskedWhen?.(known) ?? true);

const namesOf = (taken: Taken, isAsked: boolean): Set<OptionName> =>
  new Set([...taken].filter(([, entry]) => entry.isAsked === isAsked).map(([name]) => name));

/** Forgets the last prompted answer and the defaults after it. Returns the index to continue at. */
function undoLast(taken: Taken, open: readonly (readonly [OptionName, unknown])[]): number {
  const last = [...namesOf(taken, true)].at(-1);
  const index = last === undefined ? taken.size : open.findIndex(([name]) => name === last);
  if (last !== undefined) for (const [name] of open.slice(index)) taken.delete(name);
  return index;
}

/** Suggests the earlier answer when a question is asked again, unless another answer changed the default since. */
function rememberSuggestions() {
  const earlier = new Map<OptionName, { value: unknown; standard: string }>();
  const suggest = (name: OptionName, standard: unknown): unknown => {
    const entry = earlier.get(name);
    return entry?.standard === JSON.stringify(standard) ? entry.value : standard;
  };
  return Object.assign(suggest, {
    remember: (name: OptionName, value: unknown, standard: unknown) =>
      earlier.set(name, { value, standard: JSON.stringify(standard) }),
  });
}

function refuseConflict(known: Known): void {
  const conflict = findConflict(known);
  if (conflict) throw conflict;
}
