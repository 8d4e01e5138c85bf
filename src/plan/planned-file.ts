/** One file of a project: path with slashes, relative to the target. */
export interface PlannedFile {
  path: string;
  contents: string;
  /** POSIX permissions; 0600 for what nobody else may read. */
  mode: number;
  /** A secret, or made with one: other bytes each time, so it is neither compared nor hashed, and never shown. */
  isMadeAnew?: true;
}

export const ORDINARY_MODE = 0o644;
