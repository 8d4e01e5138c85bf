/** `--login-page /login`: how does the form of that page sign in? Found as a browser and a person would. */

import { notCalibrated } from '../refusals.ts';
import type { App } from './app.ts';
import { isRedirect } from './client.ts';
import { NAME_FIELD, TOKEN_FIELD } from './field-names.ts';
import { attribute, type Form, formsIn, tagsIn } from './html.ts';
import { draftOf } from './message.ts';
import type { Csrf, Step } from './recipe.ts';

export interface FoundLogin {
  login: Step;
  csrf?: Csrf;
  /** What was found, in one sentence. */
  note: string;
}

/**
 * Fetches the page as two visitors: a hidden value that differs between them is a token.
 * @throws UserError when it has no form that can be told to be the login
 */
export async function loginOfPage(app: App, path: string): Promise<FoundLogin> {
  const [first, second] = [await visit(app, path), await visit(app, path)];
  const form = chosen(formsIn(first.body), path);
  const other = chosen(formsIn(second.body), path);
  const { origin } = app.target.origin;
  const url = new URL(attribute(form.tag, 'action') || first.path, origin + first.path);
  if (url.origin !== origin) throw noForm(path, `its form signs in at ${url.origin}, another origin`);
  if (!/^post$/i.test(attribute(form.tag, 'method') ?? ''))
    throw noForm(path, 'its form sends the password by GET, in the address; or a script sends it');
  const fields = fieldsOf(form);
  const [user, password] = [userField(form, path), passwordFields(form)[0] ?? ''];
  const token = tokenField(fields, fieldsOf(other), path);
  const filled = { ...fields, [user]: '${USER}', [password]: '${PASSWORD}' };
  if (token) delete filled[token];
  const request = `POST ${url.pathname}${url.search}`;
  return {
    login: { request, form: filled },
    ...(token && { csrf: { from: `GET ${first.path}`, css: selectorOf(form, token), as: `field ${token}` } }),
    note: `the form of ${path} signs in by ${request} with ${user} and ${password}${token ? `, and the token ${token}` : ''}`,
  };
}

// --- internal ---

async function visit(app: App, path: string): Promise<{ path: string; body: string }> {
  const client = app.visitor();
  const answer = await client.follow(await client.send(draftOf(`GET ${path}`)));
  if (isRedirect(answer)) throw noForm(path, 'it leads to another origin');
  if (answer.status >= 400) throw noForm(path, `it answered ${answer.status}`);
  return { path: answer.sent.path, body: answer.body };
}

/** The form with one password: a registration often has two. Where several have one, the address tells. */
function chosen(forms: readonly Form[], path: string): Form {
  const withPassword = forms.filter((form) => passwordFields(form).length > 0);
  const withOne = withPassword.filter((form) => passwordFields(form).length === 1 && !isNewPassword(form));
  const named = withOne.filter(({ tag }) => /log-?in|sign-?in|session|auth/i.test(tag));
  for (const some of [withOne, named]) if (some[0] && some.length === 1) return some[0];
  if (withPassword.length === 0)
    throw noForm(path, 'it has no form with a password field; a script may make one');
  throw noForm(
    path,
    `it has ${withPassword.length} forms with a password field, and none is plainly the login`,
  );
}

const typeOf = (tag: string): string => (attribute(tag, 'type') ?? 'text').toLowerCase();

const passwordTags = ({ content }: Form): string[] =>
  tagsIn(content, 'input').filter((tag) => typeOf(tag) === 'password' && attribute(tag, 'name'));

const passwordFields = (form: Form): string[] =>
  passwordTags(form).map((tag) => attribute(tag, 'name') ?? '');

const isNewPassword = (form: Form): boolean =>
  passwordTags(form).some((tag) => attribute(tag, 'autocomplete') === 'new-password');

function userField(form: Form, path: string): string {
  const tags = tagsIn(form.content, 'input').filter((tag) => /^(text|email|tel)$/.test(typeOf(tag)));
  const name = (tag: string) => attribute(tag, 'name') ?? '';
  const found =
    tags.find((tag) => /username|email/.test(attribute(tag, 'autocomplete') ?? '')) ??
    tags.find((tag) => NAME_FIELD.test(name(tag))) ??
    (tags.length === 1 ? tags[0] : undefined);
  if (!found || !name(found))
    throw noForm(path, 'its form has no field that is plainly the name of the user');
  return name(found);
}

/** What a browser sends when nobody has typed anything, with the first button. */
function fieldsOf({ content }: Form): Record<string, string> {
  const fields: Record<string, string> = {};
  let hasButton = false;
  for (const tag of tagsIn(content, 'input', 'button')) {
    const name = attribute(tag, 'name');
    const type = /^<button/i.test(tag) ? (attribute(tag, 'type') ?? 'submit').toLowerCase() : typeOf(tag);
    if (!name || /^(button|reset|file|image)$/.test(type) || attribute(tag, 'disabled') !== undefined)
      continue;
    if (/^(checkbox|radio)$/.test(type) && attribute(tag, 'checked') === undefined) continue;
    if (type === 'submit' && hasButton) continue;
    hasButton ||= type === 'submit';
    fields[name] = attribute(tag, 'value') ?? (type === 'checkbox' ? 'on' : '');
  }
  return fields;
}

function tokenField(
  fields: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
  path: string,
): string | undefined {
  const names = Object.keys(fields).filter(
    (name) => fields[name] && (TOKEN_FIELD.test(name) || fields[name] !== other[name]),
  );
  if (names.length > 1)
    throw noForm(path, `its form has several values that may be tokens: ${names.join(', ')}`);
  return names[0];
}

/** In this form, where it can be named: tokens of other forms in the page may not do. */
function selectorOf({ tag }: Form, token: string): string {
  const name = ['id', 'action', 'name', 'class'].find((one) => /^[^\]"']+$/.test(attribute(tag, one) ?? ''));
  return `${name ? `form[${name}=${attribute(tag, name)}] ` : ''}input[name=${token}]`;
}

const noForm = (path: string, reason: string) =>
  notCalibrated(
    `no login was found in ${path}: ${reason}`,
    'Pass --login and --form, or --recipe, or --har.',
  );
