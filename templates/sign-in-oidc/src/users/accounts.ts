/** What is a user here? Somebody whom the provider knows, by its name and theirs. No passwords, no sessions. */

export interface User {
  id: string;
  /** The provider, as its metadata names it. */
  issuer: string;
  /** The user's `sub` at the provider: never given to anybody else, unlike an email address. */
  subject: string;
  /** For display only, and only as the provider verified it: it identifies nobody. */
  email: string | null;
  /** Raised by whatever must end all sessions of the user: they carry the version they began with. */
  credentialVersion: number;
  disabled: boolean;
}

/** The database's statements (database/users.ts). Each is one atomic step. @throws DatabaseUnavailable */
export interface Users {
  /** The account of a subject, made at the first sign-in: of many at once, all get the same. Notes the address. */
  findOrCreate(issuer: string, subject: string, email: string | null): Promise<User>;
  findByIdentity(issuer: string, subject: string): Promise<User | null>;
  findById(id: string): Promise<User | null>;
  /** Every session of the user is dead immediately. */
  raiseCredentialVersion(id: string): Promise<unknown>;
  raiseAllCredentialVersions(): Promise<unknown>;
  /** Raises the credential version too. */
  disable(id: string): Promise<unknown>;
  remove(id: string): Promise<unknown>;
  /** For scripts. */
  list(limit: number): Promise<User[]>;
}

/** What a client may see of a user. */
export function publicUser({ id, email }: User): { id: string; email: string | null } {
  return { id, email };
}
