import { codeOf } from '../errors.ts';
import { legible } from '../legible.ts';

type Stream = NodeJS.WritableStream;

const losses = new Map<Stream, unknown>();

/**
 * The only printer, apart from prompts and the spinner. A stream that cannot be written to stops no run.
 *
 * @returns whether the stream has taken everything so far
 */
export function print(stream: Stream, text: string): boolean {
  try {
    if (text !== '') stream.write(`${legible(text)}\n`);
  } catch (error) {
    noteLoss(stream, error);
  }
  return !losses.has(stream);
}

/** Called with what a stream emits later, too. A reader may close the pipe early (`| head -1`): it wants no more. */
export function noteLoss(stream: Stream, error: unknown): void {
  if (codeOf(error) !== 'EPIPE') losses.set(stream, error);
}

/** Why something could not be printed there. */
export const lossOn = (stream: Stream): unknown => losses.get(stream);
