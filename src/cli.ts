import { type Request, readArgs } from './ask/args.ts';
import { helpText } from './ask/help.ts';
import { refuseSwallowedFlags } from './ask/swallowed-flags.ts';
import { Cancelled, EXIT, type ExitCode, UserError } from './errors.ts';
import { generator } from './generator.ts';
import { COMMAND_WORDS } from './options/command-words.ts';
import { errorText } from './report/error-text.ts';
import { deliver, lossOn, noteLoss, print } from './report/print.ts';
import { explained, reasonOf } from './system-errors.ts';
import type { World } from './world.ts';

/** Called by bin/. The only place that reads `process` and sets the exit code. */
export async function start(): Promise<void> {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) stream.on('error', (error) => noteLoss(stream, error));
  // A terminal that does not tell its width: one character a line is too narrow.
  if (stdout.columns === 0) stdout.columns = 80;
  const [interruption, force] = [new AbortController(), new AbortController()];
  const interrupt = () => (interruption.signal.aborted ? force : interruption).abort();
  // Writing is synchronous, so a signal is handled only after the project is complete.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  // Nothing can happen any more. If a question is open, its input has ended (Ctrl-D).
  process.once('beforeExit', interrupt);
  const world: World = {
    // Getters, because the directory may be gone, and opening the input takes milliseconds that most runs save.
    get cwd() {
      return process.cwd();
    },
    env: process.env,
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    signal: interruption.signal,
    force: force.signal,
  };
  const argv = process.argv.slice(2);
  process.exitCode = await main(argv, world);
  await new Promise(setImmediate); // errors of the streams are emitted a moment later
  reportLoss('standard output', stdout, stderr);
  if (!wantsDocument(argv, world)) reportLoss('standard error', stderr, stdout);
}

/** One run. Every error ends here, as a message and an exit code. */
export async function main(argv: readonly string[], world: World): Promise<ExitCode> {
  try {
    if (argv[0] === 'audit') {
      const { audit } = await import('./commands/audit/audit.ts');
      return await audit(argv.slice(1), world);
    }
    const { command, args } = splitCommand(argv);
    // Before the arguments are parsed: without the flags that npm consumed, they may make no sense.
    refuseSwallowedFlags(args, world.env, command);
    const request = readArgs(args, world.cwd);
    const about = await aboutItself(request);
    if (about !== undefined) return (await deliver(world.stdout, about)) ? EXIT.done : EXIT.unexpected;
    const { create } = await import('./commands/create.ts');
    return await create(request, world);
  } catch (thrown) {
    const error = explained(thrown);
    if (wantsDocument(argv, world)) {
      const { errorDocument } = await import('./report/json-report.ts');
      print(world.stdout, JSON.stringify(errorDocument(error), null, 2));
    }
    print(world.stderr, error instanceof Cancelled ? 'Cancelled. Nothing was written.' : errorText(error));
    if (error instanceof Cancelled) return EXIT.cancelled;
    return error instanceof UserError ? error.exitCode : EXIT.unexpected;
  }
}

// --- internal ---

/** Only the first word can be a command, whatever lies on the disk. Without one the command is `create`. */
function splitCommand(argv: readonly string[]): { command?: 'create'; args: readonly string[] } {
  const [word = '', ...args] = argv;
  if (word === 'create') return { command: word, args };
  if (!COMMAND_WORDS.includes(word)) return { args: argv };
  throw new UserError('command_not_built', `\`${word}\` will be a command and is not built yet`, {
    fix: `For a folder of that name, write ./${word}.`,
  });
}

/** What --help, --version and --print-schema print. */
async function aboutItself({ run }: Request): Promise<string | undefined> {
  if (run.has('print-schema')) {
    const { answersSchema } = await import('./ask/schema.ts');
    return JSON.stringify(answersSchema(), null, 2);
  }
  const about = run.has('help')
    ? { help: helpText() }
    : run.has('version')
      ? { version: generator.version }
      : undefined;
  if (!about || !run.has('json')) return about && Object.values(about)[0];
  return JSON.stringify({ ok: true, exitCode: EXIT.done, ...about }, null, 2);
}

/** Whatever is wrong with the arguments, npm's swallowing of --json included. */
const wantsDocument = (argv: readonly string[], { env }: World): boolean =>
  argv.some((word) => /^--json(=|$)/.test(word)) || env.npm_config_json === 'true';

/** In one line on the other stream. */
function reportLoss(name: string, stream: World['stderr'], other: World['stderr']): void {
  const error = lossOn(stream);
  if (error) print(other, `${generator.name}: ${name} could not be written: ${reasonOf(error)}.`);
}
