/** The table as it grows: each check when it is decided, and below it, in a terminal, the one under way. */
import type { World } from '../../../world.ts';
import type { Check } from '../check.ts';
import type { ReportedCheck } from './document.ts';
import { checkLines } from './text.ts';

const ERASE_LINE = '\r\u001B[2K';

export interface LiveTable {
  start(check: Check): void;
  end(check: ReportedCheck): void;
  stop(): void;
}

/** @param terminal where a line can be erased; undefined elsewhere */
export function liveTable(
  print: (text: string) => void,
  width: number,
  terminal?: World['stdout'],
): LiveTable {
  let decided = 0;
  const erase = () => terminal?.write(ERASE_LINE);
  return {
    start: ({ id, title }) => {
      // A wrapped line cannot be erased.
      terminal?.write(`${ERASE_LINE}${`… ${decided + 1} ${id} ${title}`.slice(0, width - 1)}`);
    },
    end: (check) => {
      decided += 1;
      erase();
      print(checkLines(check, width));
    },
    stop: () => void erase(),
  };
}
