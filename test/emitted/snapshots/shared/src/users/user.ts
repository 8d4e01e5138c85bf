/** A user, and what the app asks of the place where users are kept. Replace users.ts to keep them elsewhere. */
export interface User {
  id: string;
  /** Normalised: see `emailAddress` in routes/inputs.ts. */
  email: string;
  /** A PHC string: algorithm, parameters, salt and hash. */
  passwordHash: string;
  /** Raised, atomically, by whatever must end all sessions of the user: they carry the version they began with. */
  credentialVersion: number;
  disabled: boolean;
}

/** Each call is one atomic step on the engine and throws EngineUnavailable when the engine does not answer. */
export interface Users {
  /** Null when the address is taken: of many registrations at once, one wins. */
  create(email: string, passwordHash: string): Promise<User | null>;
  findByEmail(email: string): Promise<User | null>;
  findById(id: string): Promise<User | null>;
  /** Raises the credential version. Null when the version is no longer the expected one: somebody was faster. */
  changePassword(id: string, expectedVersion: number, passwordHash: string): Promise<User | null>;
  /** Replaces a weaker hash of the same password; nothing happens if the password was changed meanwhile. */
  renewHash(id: string, expectedVersion: number, passwordHash: string): Promise<void>;
  /** Raises the credential version, so that every session of the user is dead at once. */
  raiseCredentialVersion(id: string): Promise<void>;
  raiseAllCredentialVersions(): Promise<void>;
  /** Disables the account and raises the credential version. */
  disable(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}

/** What a client may see of a user. */
export function publicUser({ id, email }: User): { id: string; email: string } {
  return { id, email };
}
