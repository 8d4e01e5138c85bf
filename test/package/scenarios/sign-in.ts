import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Curl } from '../support/curl.ts';
import type { Project } from '../support/project.ts';

/** Somebody who registered a moment ago. */
export async function newcomer(project: Project): Promise<{ email: string; curl: Curl }> {
  const email = `${randomBytes(6).toString('hex')}@example.test`;
  const curl = project.person();
  expect(await curl.register(email)).toMatchObject({ status: 201, body: { user: { email } } });
  return { email, curl };
}

/** Register, log in and see the id change, log out, replay the old cookie. */
export async function signsInAndOut(project: Project): Promise<void> {
  const { email, curl } = await newcomer(project);
  const registered = curl.cookie();
  const thief = curl.copy();
  expect(await curl.get('/api/sessions')).toMatchObject({ status: 200, body: [{ current: true }] });

  expect(await curl.logIn(email)).toMatchObject({ status: 200, body: { user: { email } } });
  expect(curl.cookie()).toBeDefined();
  expect(curl.cookie()).not.toBe(registered);
  expect((await thief.get('/api/sessions')).status).toBe(401);

  const second = curl.copy();
  expect((await second.get('/api/sessions')).status).toBe(200);
  expect((await curl.post('/api/auth/logout')).status).toBe(204);
  expect(curl.cookie()).toBeUndefined();
  expect((await second.get('/api/sessions')).status).toBe(401);
  expect(await curl.isSignedIn()).toBe(false);
}
