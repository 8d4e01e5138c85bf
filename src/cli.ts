import { readArgs } from './ask/args.ts';
import { helpText } from './ask/help.ts';
import { refuseSwallowedFlags } from './ask/swallowed-flags.ts';
import { Cancelled, EXIT, type ExitCode, UserError } from './errors.ts';
import { generator } from './generator.ts';
import { errorText } from './report/error-text.ts';
import type { World } from './world.ts';

/** Called by bin/. The only place that reads the process and sets its exit code. */
export async function start(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  const interruption = new AbortController();
  // Writing is synchronous, so a signal waits until the project is whole.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
  process.exitCode = await main(process.argv.slice(2), {
    cwd: process.cwd(),
    env: process.env,
    // Opening it takes milliseconds, and most runs read no input.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruption.signal,
  });
}

/** One run. What goes wrong ends here, as a message and an exit code. */
export async function main(argv: readonly string[], world: World): Promise<ExitCode> {
  try {
    // First: what npm did to the flags may leave arguments that make no sense.
    refuseSwallowedFlags(argv, world.env);
    const request = readArgs(argv, world.cwd);
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

/** Whoever reads our output may stop reading (`| head -1`); that is no reason to leave a project half made. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function say({ stdout }: World, text: string): ExitCode {
  if (text !== '') stdout.write(`${text}\n`);
  return EXIT.done;
}
