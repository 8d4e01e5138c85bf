/** The recipe of projects that this generator made: they need none from their owner. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../errors.ts';
import type { Recipe } from './recipe.ts';

const credentials = { email: '${USER}', password: '${PASSWORD}' };

const OWN_RECIPE: Recipe = {
  login: { request: 'POST /api/auth/login', json: credentials },
  whoAmI: {
    request: 'GET /api/session',
    signedIn: { json: '/authenticated', equals: true },
    user: { json: '/user/email' },
  },
  logout: { request: 'POST /api/auth/logout' },
  protected: ['GET /api/sessions'],
  register: { request: 'POST /api/auth/register', json: credentials },
  unregister: { request: 'DELETE /api/account' },
  password: {
    request: 'POST /api/auth/password',
    json: { currentPassword: '${PASSWORD}', newPassword: '${NEW_PASSWORD}' },
  },
  reauthenticate: {
    request: 'POST /api/auth/reauthenticate',
    json: { password: '${PASSWORD}' },
    until: { json: '/reauthenticatedUntil' },
  },
  sessions: {
    list: 'GET /api/sessions',
    items: '',
    id: '/id',
    current: '/current',
    revoke: 'DELETE /api/sessions/${ID}',
  },
  dangerous: 'DELETE /api/sessions',
  change: { request: 'PUT /api/cart', json: { items: [{ sku: 'audit', quantity: 1 }] } },
  idle: { json: '/idleExpiresAt' },
  absolute: { json: '/absoluteExpiresAt' },
  cookieLifetime: 'session',
};

export const MANIFEST = '.secure-session.json';

/**
 * @param directory of the project; without a manifest there, the recipe is that of a project with the defaults
 * @throws UserError when the manifest cannot be read
 */
export function ownRecipe(directory: string): Recipe {
  const file = join(directory, MANIFEST);
  if (!existsSync(file)) return OWN_RECIPE;
  const { answers } = readManifest(file);
  const { auth, cookieLifetime, httpPort } = answers;
  return {
    ...(auth === 'oidc' ? withProvider(directory) : OWN_RECIPE),
    ...(cookieLifetime === 'absolute' && { cookieLifetime }),
    ...(typeof httpPort === 'number' && { httpPort }),
  };
}

/** Without passwords: the development provider vouches for people, and their first sign-in makes the account. */
function withProvider(directory: string): Recipe {
  const { register, password, ...others } = OWN_RECIPE;
  const finish = { request: 'POST /api/auth/sign-in/finish', json: { query: '${QUERY}' } };
  const caFile = join(directory, '.data/provider/ca.pem');
  const sameFor = { continueAt: '/continueAt', caFile: existsSync(caFile) ? caFile : undefined };
  const begin = (again: boolean) => ({ request: 'POST /api/auth/sign-in', json: { again } });
  return {
    ...others,
    login: finish,
    reauthenticate: { ...finish, until: { json: '/reauthenticatedUntil' } },
    provider: {
      login: { ...sameFor, begin: begin(false) },
      again: { ...sameFor, begin: begin(true) },
    },
  };
}

function readManifest(file: string): { answers: Record<string, unknown> } {
  try {
    const { answers } = JSON.parse(readFileSync(file, 'utf8'));
    return { answers: { ...answers } };
  } catch {
    throw new UserError('bad_recipe', `${file} cannot be read`, { fix: 'Restore it from git.' });
  }
}
