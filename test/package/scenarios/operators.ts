import { expect } from 'vitest';
import type { Project } from '../support/project.ts';
import { newcomer } from './sign-in.ts';

type Environment = Record<string, string>;

/** What operators run beside a running `dev`, and what people see of it. Needs `dev` before it, and ends with new keys. */
export async function operatorsWork(project: Project, env: Environment): Promise<void> {
  const works = async (script: string, ...args: string[]) => {
    const { code, output } = await project.script(script, { args, env });
    expect(code, output).toBe(0);
  };
  const [alice, bob] = [await newcomer(project), await newcomer(project)];

  await works('db:setup');
  expect(await alice.curl.isSignedIn()).toBe(true);

  await works('users:disable', bob.email);
  expect((await bob.curl.get('/api/sessions')).status).toBe(401);
  expect((await bob.curl.logIn(bob.email)).status).toBe(401);
  expect(await alice.curl.isSignedIn()).toBe(true);

  await works('sessions:revoke', '--user', alice.email);
  expect(await alice.curl.isSignedIn()).toBe(false);
  expect((await alice.curl.logIn(alice.email)).status).toBe(200);
  await works('sessions:revoke', '--all');
  expect(await alice.curl.isSignedIn()).toBe(false);
}

/** New secrets and certificates, taken up by the next `dev`, sign nobody out. */
export async function keysAreRenewed(project: Project, env: Environment): Promise<void> {
  const { curl } = await newcomer(project);
  for (const script of ['secrets:rotate', 'certs']) {
    const { code, output } = await project.script(script, { env });
    expect(code, output).toBe(0);
  }
  // The server still has the certificate of before, which the new authority does not vouch for.
  await expect(curl.get('/livez')).rejects.toThrow(/certificate/);
}
