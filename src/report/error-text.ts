import { UserError } from '../errors.ts';
import { generator } from '../generator.ts';

/** One line for a UserError. Any other error is a bug and keeps its stack. */
export function errorText(error: unknown): string {
  if (error instanceof UserError) {
    const end = /[.?!]$/.test(error.message) ? '' : '.';
    return `${generator.name}: ${error.message}${end}${error.details.fix ? ` ${error.details.fix}` : ''}`;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  return `${generator.name} ${generator.version} failed unexpectedly; nothing was left half-written.\n${stack}`;
}
