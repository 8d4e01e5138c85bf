/** Everything that decides how a character looks. */
export interface Style {
  /** A code of SGR: 30 to 37, or 90 to 97. */
  colour?: number;
  isDim?: boolean;
  isBold?: boolean;
  isInverse?: boolean;
}

/** Characters beside each other that look the same. */
export interface Run {
  column: number;
  text: string;
  style: Style;
}

interface Cell {
  character: string;
  style: Style;
}

const ESCAPE = '\u001B';

/** An escape sequence with its parameters and its final letter, or one character. */
const TOKEN = new RegExp(`${ESCAPE}\\[(\\??[\\d;]*)([A-Za-z])|.`, 'gsu');

/** What a terminal of so many columns shows after this output. Understands what the prompt library sends, no more. */
export class Screen {
  readonly #columns: number;
  readonly #rows: Cell[][] = [[]];
  #row = 0;
  #column = 0;
  #style: Style = {};

  constructor(columns: number) {
    this.#columns = columns;
  }

  write(output: string): void {
    for (const [token, parameters, letter] of output.matchAll(TOKEN)) {
      if (letter) this.#obey(letter, parameters ?? '');
      else this.#put(token);
    }
  }

  /** The text of each row, from the first one ever printed to the one with the cursor. */
  lines(): string[] {
    return this.#rows.map((row) => textOf(row).trimEnd());
  }

  /** The same with its looks. Spaces at the ends of rows are left out. */
  runs(): Run[][] {
    return this.#rows.map((row) => {
      const visible = row.slice(0, textOf(row).trimEnd().length);
      const runs: Run[] = [];
      for (const [column, { character, style }] of visible.entries()) {
        const last = runs.at(-1);
        if (last && isSameStyle(last.style, style)) last.text += character;
        else runs.push({ column, text: character, style });
      }
      return runs;
    });
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') this.#moveTo(this.#row + 1);
    else if (character === '\b') this.#column = Math.max(0, this.#column - 1);
    else if (character < ' ') throw new Error(`unknown control character ${JSON.stringify(character)}`);
    else this.#print(character);
  }

  #print(character: string): void {
    if (this.#column === this.#columns) {
      this.#column = 0;
      this.#moveTo(this.#row + 1);
    }
    const row = this.#rows[this.#row] ?? [];
    while (row.length < this.#column) row.push({ character: ' ', style: {} });
    row[this.#column] = { character, style: this.#style };
    this.#column += 1;
  }

  #obey(letter: string, parameters: string): void {
    const count = Number(parameters) || 1;
    if (letter === 'A') this.#moveTo(this.#row - count);
    else if (letter === 'B') this.#moveTo(this.#row + count);
    else if (letter === 'C') this.#column = Math.min(this.#columns - 1, this.#column + count);
    else if (letter === 'D') this.#column = Math.max(0, this.#column - count);
    else if (letter === 'G') this.#column = count - 1;
    else if (letter === 'J' && !Number(parameters)) this.#eraseBelow();
    else if (letter === 'K' && !Number(parameters)) this.#rows[this.#row]?.splice(this.#column);
    else if (letter === 'm') this.#style = parameters.split(';').map(Number).reduce(styled, this.#style);
    // Shows or hides the cursor.
    else if (!parameters.startsWith('?25')) throw new Error(`unknown escape sequence ${parameters}${letter}`);
  }

  #moveTo(row: number): void {
    this.#row = Math.max(0, row);
    while (this.#rows.length <= this.#row) this.#rows.push([]);
  }

  #eraseBelow(): void {
    this.#rows.splice(this.#row + 1);
    this.#rows[this.#row]?.splice(this.#column);
  }
}

// --- internal ---

const textOf = (row: readonly Cell[]): string => row.map(({ character }) => character).join('');

function isSameStyle(one: Style, other: Style): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The style after one code of SGR. Properties are always in the same order, so that styles can be compared. */
function styled({ colour, isDim, isBold, isInverse }: Style, code: number): Style {
  if (code === 0) return {};
  if (code === 39) colour = undefined;
  else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) colour = code;
  else if (code === 1) isBold = true;
  else if (code === 2) isDim = true;
  else if (code === 22) [isBold, isDim] = [undefined, undefined];
  else if (code === 7 || code === 27) isInverse = code === 7 || undefined;
  else throw new Error(`unknown style ${code}`);
  return {
    ...(colour && { colour }),
    ...(isDim && { isDim }),
    ...(isBold && { isBold }),
    ...(isInverse && { isInverse }),
  };
}
