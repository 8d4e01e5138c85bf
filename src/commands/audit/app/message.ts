/** Steps of a recipe → messages. */
import type { Step } from './recipe.ts';

/** What stands for ${NAME}. */
export type Values = Readonly<Record<string, string>>;

/** A message before cookies and the headers of a browser are added. */
export interface Draft {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface Token {
  /** `field _csrf` or `header X-CSRF-Token` */
  as: string;
  value: string;
}

export function draftOf(step: Step | string, values: Values = {}, token?: Token): Draft {
  const { request, json, form } = typeof step === 'string' ? { request: step } : step;
  const [method = 'GET', target = '/'] = request.split(' ');
  const path = fill(target, values, encodeURIComponent);
  const [kind, name = ''] = token?.as.split(' ') ?? [];
  const field = token && kind === 'field' ? { [name]: token.value } : {};
  const headers: Record<string, string> = token && kind === 'header' ? { [name]: token.value } : {};
  if (json !== undefined) {
    headers['Content-Type'] = 'application/json';
    const filled = fillAll(json, values);
    return {
      method,
      path,
      headers,
      body: JSON.stringify(isRecord(filled) ? { ...filled, ...field } : filled),
    };
  }
  const fields = { ...(form && (fillAll(form, values) as Record<string, string>)), ...field };
  if (Object.keys(fields).length === 0) return { method, path, headers, body: '' };
  headers['Content-Type'] = 'application/x-www-form-urlencoded';
  return { method, path, headers, body: String(new URLSearchParams(fields)) };
}

/** The value at a JSON pointer (RFC 6901); undefined where there is none, or no JSON. */
export function valueAt(body: string, pointer: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  return within(value, pointer);
}

export function within(value: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1);
  return names.reduce<unknown>((inner, name) => {
    const key = name.replaceAll('~1', '/').replaceAll('~0', '~');
    return (isRecord(inner) || Array.isArray(inner)) && Object.hasOwn(inner, key)
      ? (inner as Record<string, unknown>)[key]
      : undefined;
  }, value);
}

// --- internal ---

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fill = (text: string, values: Values, encode = (value: string) => value): string =>
  text.replace(/\$\{(\w+)\}/g, (whole, name) =>
    Object.hasOwn(values, name) ? encode(values[name] ?? '') : whole,
  );

function fillAll(value: unknown, values: Values): unknown {
  if (typeof value === 'string') return fill(value, values);
  if (Array.isArray(value)) return value.map((item) => fillAll(item, values));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fillAll(inner, values)]));
}
