import { findConflict } from './conflicts.ts';
import {
  type Answers,
  type Known,
  OPTION_ROWS,
  type Option,
  type OptionName,
  type Surroundings,
} from './options.ts';

/** Asks for one option. Gets what is known so far and the default to suggest. */
export type Ask = (name: OptionName, known: Known, suggestion: unknown) => Promise<unknown>;

export interface Decision {
  answers: Answers;
  /** The options nobody gave or was asked for. */
  defaulted: ReadonlySet<OptionName>;
}

/**
 * Given values + prompts + defaults → the complete answers, in the order of the option table.
 *
 * @throws UserError when they do not go together
 */
export async function decide(given: Known, around: Surroundings, ask?: Ask): Promise<Decision> {
  // Conflicts among the given values first: nobody should answer ten questions to learn of them.
  refuseConflict(given);
  let known: Known = given;
  const defaulted = new Set<OptionName>();
  for (const [name, option] of OPTION_ROWS) {
    if (known[name] !== undefined) continue;
    const suggestion = option.default(known, around);
    const isAsked = ask && isOpen(option, known);
    if (!isAsked) defaulted.add(name);
    known = { ...known, [name]: isAsked ? await ask(name, known, suggestion) : suggestion };
  }
  refuseConflict(known);
  return { answers: known as Answers, defaulted };
}

const isOpen = (option: Option<unknown>, known: Known): boolean =>
  option.question !== undefined && (option.isAskedWhen?.(known) ?? true);

function refuseConflict(known: Known): void {
  const conflict = findConflict(known);
  if (conflict) throw conflict;
}
