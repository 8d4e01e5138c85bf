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
 * @throws UserError when the project signs people in elsewhere
 */
export function ownRecipe(directory: string): Recipe {
  const file = join(directory, MANIFEST);
  if (!existsSync(file)) return OWN_RECIPE;
  const { answers } = readManifest(file);
  if (answers.auth === 'oidc') {
    throw new UserError(
      'bad_recipe',
      'this project signs people in through a provider, which the audit cannot do',
      {
        fix: 'Audit a copy made with --auth password.',
      },
    );
  }
  const { cookieLifetime, httpPort } = answers;
  return {
    ...OWN_RECIPE,
    ...(cookieLifetime === 'absolute' && { cookieLifetime }),
    ...(typeof httpPort === 'number' && { httpPort }),
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
