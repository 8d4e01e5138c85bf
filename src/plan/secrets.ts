import { randomBytes } from 'node:crypto';
import { envValue } from '../options/values/env-values.ts';
import type { Plan } from './plan.ts';
import type { PlannedFile } from './planned-file.ts';

const SECRET_MODE = 0o600;

/** .env: the rendered .env.example, with random values where an overlay asks for them. */
export function envFile({ files, view }: Plan): PlannedFile | undefined {
  const example = files.find(({ path }) => path === '.env.example');
  if (!example) return undefined;
  const values = new Map<string, string>();
  for (const { name, generate } of view.env) if (generate) values.set(name, GENERATORS[generate]());
  const { tlsCert, tlsKey } = view.answers;
  if (tlsCert) values.set('TLS_CERT_FILE', envValue(tlsCert) ?? '');
  if (tlsKey) values.set('TLS_KEY_FILE', envValue(tlsKey) ?? '');
  return { path: '.env', contents: fill(example.contents, values), mode: SECRET_MODE, isMadeAnew: true };
}

const GENERATORS = {
  // Production refuses secrets that start with dev-, so one created here never protects real users.
  'session-secret': () => `dev-${randomBytes(32).toString('base64url')}`,
  password: () => randomBytes(24).toString('base64url'),
};

function fill(example: string, values: ReadonlyMap<string, string>): string {
  const missing = new Map(values);
  const lines = example.split('\n').map((line) => {
    const name = /^(?:# ?)?([A-Z][A-Z0-9_]*)=/.exec(line)?.[1];
    const value = name === undefined ? undefined : values.get(name);
    if (name === undefined || value === undefined) return line;
    missing.delete(name);
    return `${name}=${value}`;
  });
  if (missing.size > 0) throw new Error(`.env.example has no line for ${[...missing.keys()].join(', ')}`);
  return lines.join('\n');
}
