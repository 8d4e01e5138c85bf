import { relative } from 'node:path';
import { confirm, intro, isCancel, log, outro, select, text } from '@clack/prompts';
import type { Ask } from './answers.ts';
import { findConflict } from './conflicts.ts';
import { Cancelled } from './errors.ts';
import { generator } from './generator.ts';
import { type Known, OPTIONS, type Option, type OptionName } from './options.ts';
import { checkTarget } from './target-check.ts';
import { formatDuration } from './values/durations.ts';
import type { World } from './world.ts';

export interface Prompts {
  ask: Ask;
  /** Closes the frame around the questions. */
  end(): void;
}

/** Asks in the terminal. The only user of the prompt library. */
export function terminalPrompts(world: World): Prompts {
  const streams = { input: world.stdin as NodeJS.ReadStream, output: world.stdout as NodeJS.WriteStream };
  // A signal of its own for each prompt, because the library never takes its listener off.
  const ui = () => ({ ...streams, signal: AbortSignal.any([world.signal]) });
  intro(`${generator.name} ${generator.version}`, streams);
  let changesClocks: boolean | undefined;

  return { ask, end: () => outro('That is all.', streams) };

  async function ask(name: OptionName, known: Known, suggestion: unknown): Promise<unknown> {
    const option = OPTIONS[name] as Option<unknown>;
    if (option.isClock) {
      changesClocks ??= await answerOf(
        confirm({ ...ui(), message: clocksQuestion(known), initialValue: false }),
      );
      if (!changesClocks) return suggestion;
    }
    if (option.kind.choices) return askChoice(option, suggestion);
    if (option.kind.placeholder === '') {
      return answerOf(confirm({ ...ui(), message: withReason(option), initialValue: suggestion === true }));
    }
    return askText(name, option, known, suggestion);
  }

  async function askChoice(option: Option<unknown>, suggestion: unknown): Promise<unknown> {
    const choices = option.kind.choices ?? [];
    const [only] = choices;
    if (only && choices.length === 1) {
      log.step(`${option.question}\n${only.label}, ${option.why}`, streams);
      return only.value;
    }
    const options = choices.map(({ value, label, hint }) => {
      const reasons = [hint, value === suggestion ? `default: ${option.why}` : ''];
      return { value: value as string, label, hint: reasons.filter(Boolean).join('; ') };
    });
    return answerOf(
      select({ ...ui(), message: option.question ?? '', options, initialValue: suggestion as string }),
    );
  }

  async function askText(
    name: OptionName,
    option: Option<unknown>,
    known: Known,
    suggestion: unknown,
  ): Promise<unknown> {
    const suggested = shown(name, option, suggestion);
    const read = (typed: string | undefined): unknown => option.kind.read(typed || suggested, world.cwd);
    const typed = await answerOf(
      text({
        ...ui(),
        message: withReason(option),
        placeholder: suggested,
        defaultValue: suggested,
        validate: (value) => problemOf(() => checked(name, read(value), known)),
      }),
    );
    return read(typed);
  }

  function shown(name: OptionName, option: Option<unknown>, value: unknown): string {
    if (value === null) return '';
    const texts = option.kind.show(value as object);
    return name === 'directory' ? relative(world.cwd, texts.join()) : texts.join(' ');
  }
}

// --- internal ---

async function answerOf<Value>(prompt: Promise<Value>): Promise<Exclude<Value, symbol>> {
  const answer = await prompt;
  if (isCancel(answer)) throw new Cancelled();
  return answer as Exclude<Value, symbol>;
}

const withReason = ({ question, why }: Option<unknown>): string => `${question} (${why})`;

function clocksQuestion(known: Known): string {
  const [idle, absolute, reauth] = (['idleTimeout', 'absoluteTimeout', 'reauthWindow'] as const).map(
    (clock) =>
      formatDuration(known[clock] ?? OPTIONS[clock].default(known, { cwd: '', packageManager: 'npm' })),
  );
  return `Change its times? (idle ${idle}, absolute ${absolute}, password again after ${reauth})`;
}

/** Mended at the prompt where it is typed, rather than refused at the end. */
function checked(name: OptionName, value: unknown, known: Known): void {
  if (name === 'directory') checkTarget(value as string);
  const conflict = findConflict({ ...known, [name]: value });
  if (conflict) throw conflict;
}

function problemOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
