/** Whom does the audit sign in? Users of the recipe, or its own. */
import { randomBytes } from 'node:crypto';
import type { Client } from './client.ts';
import type { Values } from './message.ts';

export interface User {
  name: string;
  password: string;
  /** Made by this audit, and removed by it. */
  isOurs: boolean;
  /** Signed in by the registration, until the calibration is over: an app that refuses logins lets it go all the same. */
  registered?: Client;
}

export const valuesOf = ({ name, password }: User): Values => ({ USER: name, PASSWORD: password });

/** A user who does not exist yet. The password passes the usual rules: long, with letters, digits and a sign. */
export function inventUser(): User {
  const random = randomBytes(9).toString('hex');
  return {
    name: `audit-${random}@example.com`,
    password: `Audit-${randomBytes(12).toString('hex')}`,
    isOurs: true,
  };
}
