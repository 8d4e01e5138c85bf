import { codeOf } from '../errors.ts';
import { legible } from '../legible.ts';

type Stream = NodeJS.WritableStream;

const losses = new Map<Stream, unknown>();

/** The only printer, apart from prompts and the spinner. A stream that cannot be written to stops no run. */
export function print(stream: Stream, text: string): void {
  if (text !== '') stream.write(`${legible(text)}\n`);
}

/** Prints what the run is for, and returns whether that could be written. */
export async function deliver(stream: Stream, text: string): Promise<boolean> {
  print(stream, text);
  await new Promise(setImmediate); // errors are emitted a moment later
  return !losses.has(stream);
}

/** For the errors that a stream emits. A reader may close the pipe early (`| head -1`): it wants no more. */
export function noteLoss(stream: Stream, error: unknown): void {
  if (codeOf(error) !== 'EPIPE') losses.set(stream, error);
}

/** Why something could not be printed there. */
export const lossOn = (stream: Stream): unknown => losses.get(stream);
