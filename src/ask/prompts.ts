import { relative } from 'node:path';
import { confirm, intro, isCancel, log, outro, select, text } from '@clack/prompts';
import { Cancelled } from '../errors.ts';
import { generator } from '../generator.ts';
import { findConflict } from '../options/conflicts.ts';
import { type Answers, type Known, OPTIONS, type Option, type OptionName } from '../options/options.ts';
import { formatDuration } from '../options/values/durations.ts';
import { answerRows } from '../report/report.ts';
import { table } from '../report/table.ts';
import type { World } from '../world.ts';
import { checkTarget } from '../write/target-check.ts';
import { type Ask, BACK, type Review, UNASKED } from './answers.ts';

export interface Prompts {
  ask: Ask;
  review: Review;
  /** Closes the frame around the questions. */
  end(): void;
}

/** Asks in the terminal. The only file that imports the prompt library. */
export function terminalPrompts(world: World, given: Known, mayHoldFiles: boolean): Prompts {
  const streams = { input: world.stdin as NodeJS.ReadStream, output: world.stdout as NodeJS.WriteStream };
  // A new signal for each prompt, because the library never removes its listener.
  const ui = () => ({ ...streams, signal: AbortSignal.any([world.signal]) });
  let lastKey: string | undefined;
  const hear = (_text: unknown, key?: { name?: string }) => {
    // A pasted line break. Readline would forget the line, and the library would not submit it.
    if (key?.name === 'enter') key.name = 'return';
    lastKey = key?.name;
  };
  // The library does not distinguish Escape from Ctrl-C, so we note the key before it does.
  streams.input.on('keypress', hear);
  // After Ctrl-Z and `fg`, readline leaves the input paused.
  const goOn = () => setImmediate(() => streams.input.resume());
  process.on('SIGCONT', goOn);
  intro(`${generator.name} ${generator.version}`, streams);
  log.message('Esc goes back, Ctrl-C cancels.\nWrites nothing until you confirm.', streams);
  const rows = answerRows(given, world.cwd);
  if (rows.length > 0) log.info(['Already set:', ...table(rows)].join('\n'), streams);
  let clocks: { askedAt: OptionName; areChanged: boolean } | undefined;

  return { ask, review, end };

  async function ask(
    name: OptionName,
    known: Known,
    suggestion: unknown,
    standard: unknown,
  ): Promise<unknown> {
    const option = OPTIONS[name] as Option<unknown>;
    if (option.isClock) return askClock(name, option, known, suggestion, standard);
    if (option.kind.choices) return askChoice(option, suggestion, standard);
    if (option.kind.placeholder === '') return askYesOrNo(option, suggestion);
    return askText(name, option, known, suggestion);
  }

  /** First asks whether to change any of the three: most people keep what the policy says. */
  async function askClock(
    name: OptionName,
    option: Option<unknown>,
    known: Known,
    suggestion: unknown,
    standard: unknown,
  ): Promise<unknown> {
    for (;;) {
      if (!clocks || clocks.askedAt === name) {
        const message = clocksQuestion(known);
        const answer = await answerOf(
          confirm({ ...ui(), message, initialValue: clocks?.areChanged ?? false }),
        );
        if (answer === BACK) return BACK;
        clocks = { askedAt: name, areChanged: answer };
        if (!answer) return standard;
      }
      if (!clocks.areChanged) return UNASKED;
      const answer = await askText(name, option, known, suggestion);
      if (answer !== BACK || clocks.askedAt !== name) return answer;
    }
  }

  function askYesOrNo(option: Option<unknown>, suggestion: unknown): Promise<boolean | typeof BACK> {
    return answerOf(confirm({ ...ui(), message: withReason(option), initialValue: suggestion === true }));
  }

  function askChoice(option: Option<unknown>, suggestion: unknown, standard: unknown): Promise<unknown> {
    const options = (option.kind.choices ?? []).map(({ value, label, hint }) => {
      const reasons = [hint, value === standard ? `default: ${option.why}` : ''];
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
        // For text prompts the library draws its frame beside the first line only.
        message: wrapped(withReason(option), (world.stdout.columns ?? 80) - 3).join('\n│  '),
        placeholder: suggested,
        defaultValue: suggested,
        validate: (value) => problemOf(() => check(name, read(value), known)),
      }),
    );
    return typed === BACK ? BACK : read(typed);
  }

  async function review(answers: Answers): Promise<unknown> {
    log.step(['Your project:', ...table(answerRows(answers, world.cwd))].join('\n'), streams);
    const options = [
      { value: 'write', label: 'Yes' },
      { value: 'back', label: 'Go back' },
      { value: 'cancel', label: 'No, write nothing' },
    ];
    const answer = await answerOf(select({ ...ui(), message: 'Create this project?', options }));
    if (answer === 'cancel') throw new Cancelled();
    return answer === 'back' ? BACK : answer;
  }

  async function answerOf<Value>(prompt: Promise<Value>): Promise<Exclude<Value, symbol> | typeof BACK> {
    const answer = await prompt;
    if (!isCancel(answer)) return answer as Exclude<Value, symbol>;
    if (lastKey === 'escape' && !world.signal.aborted) return BACK;
    throw new Cancelled();
  }

  function shown(name: OptionName, option: Option<unknown>, value: unknown): string {
    if (value === null) return '';
    const texts = option.kind.show(value as object);
    return name === 'directory' ? relative(world.cwd, texts.join()) : texts.join(' ');
  }

  /** Reports a problem at the prompt where it can be corrected, not at the end. */
  function check(name: OptionName, value: unknown, known: Known): void {
    if (name === 'directory') checkTarget(value as string, mayHoldFiles);
    const conflict = findConflict({ ...known, [name]: value });
    if (conflict) throw conflict;
  }

  function end(): void {
    streams.input.off('keypress', hear);
    process.off('SIGCONT', goOn);
    outro('Done.', streams);
  }
}

// --- internal ---

const withReason = ({ question, why }: Option<unknown>): string => `${question}\n${why}`;

/** Breaks the text between words into lines of at most `width` characters. */
function wrapped(text: string, width: number): string[] {
  const words = new RegExp(`(\\S.{0,${width - 1}})(?:\\s+|$)|(\\S+)`, 'g');
  return text.split('\n').flatMap((line) => line.match(words)?.map((part) => part.trim()) ?? []);
}

function clocksQuestion(known: Known): string {
  const [idle, absolute, reauth] = (['idleTimeout', 'absoluteTimeout', 'reauthWindow'] as const).map(
    (clock) =>
      formatDuration(known[clock] ?? OPTIONS[clock].default(known, { cwd: '', packageManager: 'npm' })),
  );
  return `Change the time-outs?\nidle ${idle}, absolute ${absolute}, password again after ${reauth}`;
}

function problemOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
