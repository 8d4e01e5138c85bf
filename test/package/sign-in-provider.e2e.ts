import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Project } from './support/project.ts';

/** A project with a sign-in at a provider, from the packed program: installed, checked, tested and run as it comes. */
describe('express-postgres with a sign-in at a provider', () => {
  let project: Project;
  beforeAll(async () => {
    const choice = { framework: 'express', store: 'postgres', packageManager: 'npm', auth: 'oidc' } as const;
    project = await Project.in(choice, {});
    const { code, output } = await project.generate();
    expect(code, output).toBe(0);
  });

  it.each(['check', 'test'])('passes npm run %s as it comes, with nothing configured', async (script) => {
    const { code, output } = await project.script(script);
    expect(code, output).toBe(0);
  });

  it('has a provider to sign in at as soon as it runs', async () => {
    const server = await project.develop();
    const authority = '.data/provider/ca.pem';
    expect(existsSync(join(project.directory, authority))).toBe(true);
    const issuer = `https://localhost:${project.port + 1}`;
    const metadata = `${issuer}/.well-known/openid-configuration`;
    const { output } = await project.run('curl', '--silent', '--cacert', authority, metadata);
    expect(JSON.parse(output)).toMatchObject({ issuer });
    // The provider leads back to the first of the app's origins, so a sign-in begins there.
    const { status, body } = await project.person().post('/api/auth/sign-in', {});
    expect([status, body.continueAt]).toEqual([200, `https://my-app.localhost:${project.port}/login`]);
    await server.end('SIGINT');
  });
});
