/** A change by Stryker that no test can tell from the source. */
export interface Equivalent {
  file: string;
  /** The line as it stands, without its indentation. */
  line: string;
  /** What Stryker puts there, where not everything that it tries is equivalent. */
  replacements?: readonly string[];
  why: string;
}

export const EQUIVALENTS: readonly Equivalent[] = [];
