import { readArgs } from './ask/args.ts';
import { helpText } from './ask/help.ts';
import { refuseSwallowedFlags } from './ask/swallowed-flags.ts';
import { Cancelled, EXIT, type ExitCode, UserError } from './errors.ts';
import { generator } from './generator.ts';
import { COMMAND_WORDS } from './options/command-words.ts';
import { errorText } from './report/error-text.ts';
import type { World } from './world.ts';

/** Called by bin/. The only place that reads `process` and sets the exit code. */
export async function start(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  const interruption = new AbortController();
  // Writing is synchronous, so a signal is handled only after the project is complete.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
  process.exitCode = await main(process.argv.slice(2), {
    cwd: process.cwd(),
    env: process.env,
    // A getter, because opening it takes milliseconds and most runs read no input.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruption.signal,
  });
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
    if (request.run.has('print-schema')) {
      const { answersSchema } = await import('./ask/schema.ts');
      return say(world, JSON.stringify(answersSchema(), null, 2));
    }
    if (request.run.has('help')) return say(world, helpText());
    if (request.run.has('version')) return say(world, generator.version);
    const { create } = await import('./commands/create.ts');
    return await create(request, world);
  } catch (error) {
    if (argv.includes('--json')) {
      const { errorDocument } = await import('./report/json-report.ts');
      say(world, JSON.stringify(errorDocument(error), null, 2));
    }
    if (error instanceof Cancelled) {
      world.stderr.write('Cancelled. Nothing was written.\n');
      return EXIT.cancelled;
    }
    world.stderr.write(`${errorText(error)}\n`);
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

/** A reader may close the pipe early (`| head -1`). That must not leave half a project behind. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function say({ stdout }: World, text: string): ExitCode {
  if (text !== '') stdout.write(`${text}\n`);
  return EXIT.done;
}
