/** All mutants, by what they take away. */
import type { Mutant } from '../mutant.ts';
import { CLOCKS } from './clocks.ts';
import { CONFIGURATION } from './configuration.ts';
import { COOKIES } from './cookies.ts';
import { CROSS_SITE } from './cross-site.ts';
import { DATABASES } from './databases.ts';
import { ENDINGS } from './endings.ts';
import { GUARDS } from './guards.ts';
import { HEADERS } from './headers.ts';
import { IDS } from './ids.ts';
import { INPUTS } from './inputs.ts';
import { LOGGING } from './logging.ts';
import { NETWORK } from './network.ts';
import { OPERATIONS } from './operations.ts';
import { PASSWORDS } from './passwords.ts';
import { PROJECT } from './project.ts';
import { READING } from './reading.ts';
import { ROTATIONS } from './rotation.ts';
import { SAVING } from './saving.ts';
import { SIGN_IN } from './sign-in.ts';
import { THROTTLING } from './throttling.ts';
import { WIRING } from './wiring.ts';

export const AREAS: Readonly<Record<string, readonly Mutant[]>> = {
  cookies: COOKIES,
  'ids and secrets': IDS,
  rotation: ROTATIONS,
  saving: SAVING,
  clocks: CLOCKS,
  'logout, revocation and accounts': ENDINGS,
  'guards and failures': GUARDS,
  databases: DATABASES,
  'cross-site': CROSS_SITE,
  throttling: THROTTLING,
  'sign-in at a provider': SIGN_IN,
  passwords: PASSWORDS,
  headers: HEADERS,
  inputs: INPUTS,
  logging: LOGGING,
  network: NETWORK,
  configuration: CONFIGURATION,
  operations: OPERATIONS,
  'project, pages and cost': PROJECT,
  'wiring and what is written': WIRING,
  'read from the sources': READING,
};

export const CATALOGUE: readonly Mutant[] = Object.values(AREAS).flat();
