/** A recipe from flags, for apps that need no more: three requests and how to tell a user. */
import type { AuditArgs, Flag } from '../args.ts';
import { badRecipe, type Recipe, refuseUnlessValid, type SignedIn, type Step } from './recipe.ts';
import { RECIPE_SCHEMA } from './recipe-schema.ts';

/** @returns undefined when neither --login nor --login-page is given. @throws UserError for a part that is missing or wrong */
export function recipeOfFlags({ flags, protected: guarded }: AuditArgs): Recipe | undefined {
  const [login, loginPage] = [flags.get('login'), flags.get('login-page')];
  if (login === undefined && loginPage === undefined) return undefined;
  const home = flags.get('home');
  const recipe: Recipe = {
    login: loginPage === undefined ? loginStep(login ?? '', flags) : inPage(loginPage, flags),
    whoAmI: { request: needed(flags, 'whoami'), signedIn: ruleOf(flags.get('signed-in') ?? 'status 200') },
    logout: { request: needed(flags, 'logout') },
    ...(home !== undefined && { home }),
    ...(guarded.length > 0 && { protected: guarded }),
    users: [
      {
        USER: flags.get('user') ?? 'env:AUDIT_USER',
        PASSWORD: flags.get('password') ?? 'env:AUDIT_PASSWORD',
      },
    ],
  };
  refuseUnlessValid(recipe, RECIPE_SCHEMA, '', 'the flags');
  return { ...recipe, ...(loginPage !== undefined && { loginPage }) };
}

// --- internal ---

type Flags = ReadonlyMap<Flag, string>;

function needed(flags: Flags, flag: Flag): string {
  const value = flags.get(flag);
  if (value === undefined) throw badRecipe(`--login and --login-page need --${flag} too`);
  return value;
}

/** Until the page was read. */
function inPage(path: string, flags: Flags): Step {
  const other = (['login', 'form', 'body'] as const).find((flag) => flags.has(flag));
  if (other) throw badRecipe(`--login-page finds out what --${other} says: pass one of them`);
  if (!path.startsWith('/')) throw badRecipe(`--login-page "${path}" is not a path such as /login`);
  return { request: `POST ${path}` };
}

function loginStep(request: string, flags: Flags): Step {
  const [form, body] = [flags.get('form'), flags.get('body')];
  if ((form === undefined) === (body === undefined)) throw badRecipe('--login needs either --form or --body');
  if (form !== undefined) return { request, form: Object.fromEntries(new URLSearchParams(form)) };
  try {
    return { request, json: JSON.parse(body ?? '') };
  } catch {
    throw badRecipe('--body is not JSON');
  }
}

/** `status 200`, `json /user`, `json /ok=true`, `text Log out`, `redirect /home` */
function ruleOf(text: string): SignedIn {
  const [, kind, rest = ''] = /^(status|json|text|redirect) (.+)$/.exec(text) ?? [];
  if (kind === 'status' && /^\d{3}$/.test(rest)) return { status: Number(rest) };
  if (kind === 'text') return { text: rest };
  if (kind === 'redirect') return { redirect: rest };
  const [, json, value] = /^(\/[^=]*)(?:=(.*))?$/.exec(rest) ?? [];
  if (kind !== 'json' || json === undefined) {
    throw badRecipe(
      `--signed-in "${text}" is none of: status 200, json /user, json /ok=true, text Log out, redirect /home`,
    );
  }
  return value === undefined ? { json } : { json, equals: jsonOr(value) };
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
