import { expect } from 'vitest';
import type { Project } from '../support/project.ts';
import { newcomer } from './sign-in.ts';

type Environment = Record<string, string>;

/** What operators run beside a running `dev`, and what people see of it. Needs `dev` before it, and ends with new keys. */
export async function operatorsWork(project: Project, env: Environment): Promise<void> {
  const works = async (...args: string[]) => {
    const { code, output } = await project.script('admin', { args, env });
    expect(code, output).toBe(0);
    return output;
  };
  const [alice, bob] = [await newcomer(project), await newcomer(project)];

  await works('migrate');
  expect(await alice.curl.isSignedIn()).toBe(true);

  await works('disable', bob.email);
  expect((await bob.curl.get('/api/sessions')).status).toBe(401);
  expect((await bob.curl.logIn(bob.email)).status).toBe(401);
  expect(await alice.curl.isSignedIn()).toBe(true);
  const listed = await works('users');
  expect(listed).toMatch(new RegExp(`^${alice.email}\t[^\t]+$`, 'm'));
  expect(listed).toMatch(new RegExp(`^${bob.email}\t.*\tdisabled$`, 'm'));

  await works('revoke', alice.email);
  expect(await alice.curl.isSignedIn()).toBe(false);
  expect((await alice.curl.logIn(alice.email)).status).toBe(200);
  await works('revoke', '--all');
  expect(await alice.curl.isSignedIn()).toBe(false);
}

/** New secrets and certificates, taken up by the next `dev`, sign nobody out. */
export async function keysAreRenewed(project: Project, env: Environment): Promise<void> {
  for (const [script = '', ...args] of [['admin', 'rotate-secret'], ['certs']]) {
    const { code, output } = await project.script(script, { args, env });
    expect(code, output).toBe(0);
  }
}
