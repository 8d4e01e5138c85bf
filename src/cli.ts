import { readArgs } from './args.ts';
import { Cancelled, EXIT, type ExitCode, UserError } from './errors.ts';
import { generator } from './generator.ts';
import { helpText } from './help.ts';
import { refuseSwallowedFlags } from './swallowed-flags.ts';
import type { World } from './world.ts';

/** Called by bin/. The only place that reads the process and sets its exit code. */
export async function start(): Promise<void> {
  const interruption = new AbortController();
  // Writing is synchronous, so a signal waits until the project is whole.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
  const { env, stdin, stdout, stderr } = process;
  process.exitCode = await main(process.argv.slice(2), {
    cwd: process.cwd(),
    env,
    stdin,
    stdout,
    stderr,
    signal: interruption.signal,
  });
}

/** One run. What goes wrong ends here, as a message and an exit code. */
export async function main(argv: readonly string[], world: World): Promise<ExitCode> {
  try {
    const request = readArgs(argv, world.cwd);
    if (request.run.has('help')) return say(world, helpText());
    if (request.run.has('version')) return say(world, generator.version);
    refuseSwallowedFlags(argv, world.env);
    const { generate } = await import('./generate.ts');
    return await generate(request, world);
  } catch (error) {
    if (error instanceof Cancelled) {
      world.stderr.write('Cancelled. Nothing was written.\n');
      return EXIT.cancelled;
    }
    const { errorText } = await import('./report.ts');
    world.stderr.write(`${errorText(error)}\n`);
    return error instanceof UserError ? error.exitCode : EXIT.unexpected;
  }
}

function say({ stdout }: World, text: string): ExitCode {
  if (text !== '') stdout.write(`${text}\n`);
  return EXIT.done;
}
