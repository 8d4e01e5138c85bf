/** What does a recipe say? How to sign in, how to tell that somebody is signed in, how to sign out, and what else. */
import { UserError } from '../../../errors.ts';
import { nearest } from '../../../options/values/nearest.ts';
import { RECIPE_SCHEMA, type Schema } from './recipe-schema.ts';

/** A request with its body. Texts may hold ${USER}, ${PASSWORD}, ${NEW_PASSWORD} and ${ID}; ${QUERY} with `provider`. */
export interface Step {
  /** `POST /login` */
  request: string;
  json?: unknown;
  form?: Readonly<Record<string, string>>;
}

/** True for exactly the answers that a signed-in user gets. */
export type SignedIn =
  | { status: number }
  | { json: string; equals?: unknown }
  | { text: string }
  | { redirect: string };

export interface Csrf {
  /** `GET /login` */
  from: string;
  /** `input[name=_csrf]` or `meta[name=csrf-token]` in the page. */
  css?: string;
  header?: string;
  cookie?: string;
  /** JSON pointer into the answer. */
  json?: string;
  /** `field _csrf` or `header X-CSRF-Token` */
  as: string;
}

/** A duration such as `30m`, or a JSON pointer into the answer of whoAmI, where a time stands. */
export type End = string | { json: string };

/** How people sign in at the provider that `npm run dev` starts for a project made with --auth oidc. */
export interface DevelopmentProvider {
  begin: Step;
  /** In the answer to `begin`: a JSON pointer to where the browser goes. */
  continueAt: string;
  /** The authority of its certificate, when there is one. */
  caFile: string | undefined;
}

export interface Recipe {
  origin?: string;
  login: Step;
  whoAmI: { request: string; signedIn: SignedIn; user?: { json: string } };
  logout: Step;
  /** A page for visitors; `GET /` unless it says another. */
  home?: string;
  protected?: readonly string[];
  register?: Step;
  /** Removes the account of the user who is signed in. */
  unregister?: Step;
  password?: Step;
  reauthenticate?: Step & { until?: End };
  sessions?: { list: string; items: string; id: string; current?: string; revoke: string };
  dangerous?: string;
  change?: Step;
  csrf?: Csrf;
  users?: readonly Readonly<Record<'USER' | 'PASSWORD', string>>[];
  idle?: End;
  absolute?: End;
  cookieLifetime?: 'session' | 'absolute';
  /** In our own projects only: who vouches for people, before `login` and `reauthenticate`. */
  provider?: { login: DevelopmentProvider; again: DevelopmentProvider };
  httpPort?: number;
  /** From flags only: where to find `login` and `csrf`. */
  loginPage?: string;
}

/** @throws UserError that names the part which is wrong */
export function readRecipe(text: string, file: string): Recipe {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw badRecipe(`${file} is not JSON: ${(error as Error).message}`);
  }
  refuseUnlessValid(document, RECIPE_SCHEMA, '', file);
  return document as Recipe;
}

/** @throws UserError naming the first value that the schema does not allow */
export function refuseUnlessValid(value: unknown, schema: Schema, path: string, file: string): void {
  const where = `${file}: ${path || 'the recipe'}`;
  if (schema.anyOf) {
    const alternatives = schema.anyOf;
    const fits = (one: Schema) => kindOf(value) === one.type && hasRequired(value, one);
    const chosen = alternatives.find(fits);
    if (!chosen) throw badRecipe(`${where} must be ${alternatives.map(nameOf).join(' or ')}`);
    refuseUnlessValid(value, chosen, path, file);
    return;
  }
  if (schema.type && kindOf(value) !== schema.type) throw badRecipe(`${where} must be ${nameOf(schema)}`);
  if (schema.enum && !schema.enum.includes(String(value))) {
    throw badRecipe(`${where} must be ${schema.enum.join(' or ')}`);
  }
  if (schema.pattern && !new RegExp(schema.pattern).test(String(value))) {
    throw badRecipe(`${where} must look like ${schema.examples?.join(' or ') ?? schema.pattern}`);
  }
  if (Array.isArray(value) && schema.items) {
    for (const [i, item] of value.entries()) refuseUnlessValid(item, schema.items, `${path}/${i}`, file);
  }
  const { properties } = schema;
  if (!properties || !isObject(value)) return;
  for (const name of schema.required ?? []) {
    if (!(name in value)) throw badRecipe(`${where} lacks "${name}"`);
  }
  for (const [name, inner] of Object.entries(value)) {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known) refuseUnlessValid(inner, known, `${path}/${name}`, file);
    else
      throw badRecipe(
        `${where} has a part that is not known: "${name}"`,
        nearest(name, Object.keys(properties)),
      );
  }
}

export function badRecipe(message: string, meant?: string): UserError {
  return new UserError('bad_recipe', message, {
    fix: meant ? `Did you mean "${meant}"?` : 'See audit --print-schema.',
  });
}

// --- internal ---

const isObject = (value: unknown): value is Record<string, unknown> => kindOf(value) === 'object';

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (Number.isInteger(value)) return 'integer';
  return value === null ? 'null' : typeof value;
}

const hasRequired = (value: unknown, { required = [] }: Schema): boolean =>
  required.every((name) => isObject(value) && name in value);

const nameOf = ({ type, required }: Schema): string =>
  required ? `an object with ${required.join(' and ')}` : `of the type ${type}`;
