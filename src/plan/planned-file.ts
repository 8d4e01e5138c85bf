/** One file of a project. The path uses slashes and is relative to the target. */
export interface PlannedFile {
  path: string;
  contents: string;
  /** POSIX permissions; 0600 for files that only the owner may read. */
  mode: number;
  /** A secret, or made with one: different in every run, so it is never compared, hashed or shown. */
  isMadeAnew?: true;
}

export const ORDINARY_MODE = 0o644;

/** Whatever the umask allows: a folder that others may write is theirs to replace, with the keys in it. */
export const FOLDER_MODE = 0o755;
