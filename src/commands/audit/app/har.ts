/** Proposes a recipe from a recording of the browser (HAR): the login, the logout, and a request that tells a user. */
import { NAME_FIELD, PASSWORD_FIELD } from './field-names.ts';
import { badRecipe, type Recipe, type Step } from './recipe.ts';

interface Entry {
  request: {
    method: string;
    url: string;
    postData?: { mimeType?: string; text?: string; params?: { name: string; value?: string }[] };
  };
  response: { status: number; headers: { name: string; value: string }[]; content?: { mimeType?: string } };
}

/** @throws UserError when it is no HAR, or nobody signs in in it */
export function proposeRecipe(text: string, file: string): Recipe {
  const entries = entriesOf(text, file);
  const login = entries.findIndex(
    (entry) => /post|put/i.test(entry.request.method) && passwordIn(entry) !== undefined,
  );
  const entry = entries[login];
  if (!entry)
    throw badRecipe(
      `${file} records no request with a password field; record one from the login to the logout`,
    );
  const origin = new URL(entry.request.url).origin;
  const later = entries.slice(login + 1).filter(({ request }) => new URL(request.url).origin === origin);
  const logout = later.find(({ request }) =>
    /log-?out|sign-?out|logoff/i.test(new URL(request.url).pathname),
  );
  const answers = later.filter(
    ({ request, response }) => request.method === 'GET' && response.status === 200,
  );
  const whoAmI =
    answers.find(isJson) ?? answers.find(({ response }) => /html/.test(response.content?.mimeType ?? ''));
  return {
    origin,
    login: loginStep(entry),
    whoAmI: { request: whoAmI ? lineOf(whoAmI) : 'GET /', signedIn: { status: 200 } },
    logout: { request: logout ? lineOf(logout) : 'POST /logout' },
    users: [{ USER: 'env:AUDIT_USER', PASSWORD: 'env:AUDIT_PASSWORD' }],
  };
}

// --- internal ---

function entriesOf(text: string, file: string): Entry[] {
  try {
    const { entries } = JSON.parse(text).log as { entries: Entry[] };
    return entries.filter(({ request, response }) => URL.canParse(request.url) && response !== undefined);
  } catch {
    throw badRecipe(`${file} is not a HAR file`);
  }
}

const lineOf = ({ request }: Entry): string => {
  const { pathname, search } = new URL(request.url);
  return `${request.method.toUpperCase()} ${pathname}${search}`;
};

const isJson = ({ response }: Entry): boolean => /json/.test(response.content?.mimeType ?? '');

/** Nothing that was typed is kept: neither the password nor the name. */
function fieldsOf({ request: { postData } }: Entry): Record<string, unknown> {
  if (/json/.test(postData?.mimeType ?? '')) {
    try {
      const value = JSON.parse(postData?.text ?? '');
      return typeof value === 'object' && value !== null ? value : {};
    } catch {
      return {};
    }
  }
  const params =
    postData?.params ?? [...new URLSearchParams(postData?.text)].map(([name, value]) => ({ name, value }));
  return Object.fromEntries(params.map(({ name, value }) => [name, value ?? '']));
}

const passwordIn = (entry: Entry): string | undefined =>
  Object.keys(fieldsOf(entry)).find((name) => PASSWORD_FIELD.test(name));

function loginStep(entry: Entry): Step {
  const fields = Object.fromEntries(
    Object.entries(fieldsOf(entry)).map(([name, value]) => {
      if (PASSWORD_FIELD.test(name)) return [name, '${PASSWORD}'];
      if (NAME_FIELD.test(name)) return [name, '${USER}'];
      // A token of that time is of no use, and may be a secret.
      return [name, typeof value === 'string' && value.length > 12 ? '' : value];
    }),
  );
  const request = lineOf(entry);
  const isJsonBody = /json/.test(entry.request.postData?.mimeType ?? '');
  return isJsonBody ? { request, json: fields } : { request, form: fields as Record<string, string> };
}
