import overlays from 'virtual:overlays';
import { describe, expect, it } from 'vitest';
import { plan } from '../src/plan/plan.ts';
import { answersOf } from './support/answers.ts';

async function fileOf(path: string, ...flags: string[]): Promise<string | undefined> {
  const { files } = plan(await answersOf('my-app', ...flags), overlays);
  return files.find((file) => file.path === path)?.contents;
}

describe('--package-manager yarn', () => {
  it('keeps yarn 2 and later from archives in which native programs find nothing', async () => {
    expect(await fileOf('.yarnrc.yml', '--package-manager', 'yarn')).toContain(
      '\nnodeLinker: node-modules\n',
    );
  });

  it('is the only one with settings', async () => {
    for (const manager of ['npm', 'pnpm', 'bun'])
      expect(await fileOf('.yarnrc.yml', '--package-manager', manager)).toBeUndefined();
  });
});

const WORKFLOW = '.github/workflows/ci.yml';

describe('--docker', () => {
  it('is off unless asked for', async () => {
    expect(await fileOf('Dockerfile')).toBeUndefined();
  });

  it.each([
    ['npm', 'package-lock.json', 'npm ci --omit=dev'],
    ['pnpm', 'pnpm-lock.yaml', 'pnpm install --frozen-lockfile --ignore-scripts --prod'],
    ['yarn', 'yarn.lock', 'yarn install --frozen-lockfile --ignore-scripts --production'],
    ['bun', 'bun.lock', 'bun install --frozen-lockfile --ignore-scripts --production'],
  ])('installs with %s what runs, from its lock file', async (manager, lockFile, install) => {
    const dockerfile = await fileOf('Dockerfile', '--docker', '--package-manager', manager);
    expect(dockerfile).toContain(`COPY package.json ${lockFile} ./`);
    expect(dockerfile).toContain(`RUN ${install}`);
  });

  it.each([
    ['postgres', ['COPY migrations ./migrations']],
    ['redis', []],
    ['mongo', []],
  ])('runs on %s as somebody who is not root, without the sources and the tools', async (store, more) => {
    const last = (await fileOf('Dockerfile', '--docker', '--store', store))?.split(/^FROM /m).at(-1) ?? '';
    expect(last.match(/^(COPY|USER|CMD).*$/gm)).toEqual([
      'COPY package.json ./',
      'COPY --from=dependencies /app/node_modules ./node_modules',
      'COPY --from=build /app/dist ./dist',
      'COPY src/users/common-passwords.txt ./src/users/',
      ...more,
      'COPY public ./public',
      'USER node',
      'CMD ["node", "dist/src/server.js"]',
    ]);
  });

  it('copies every file that it names, with a sign-in at a provider too', async () => {
    for (const auth of ['password', 'oidc']) {
      const dockerfile = (await fileOf('Dockerfile', '--docker', '--auth', auth)) ?? '';
      for (const [, file = ''] of dockerfile.matchAll(/^COPY (src\/\S+) /gm))
        expect(await fileOf(file, '--docker', '--auth', auth), file).toBeDefined();
    }
  });

  it('copies no pages where there are none', async () => {
    expect(await fileOf('Dockerfile', '--docker', '--no-pages')).not.toContain('public');
  });
});

describe('--ci github', () => {
  it('is off unless asked for', async () => {
    expect(await fileOf(WORKFLOW)).toBeUndefined();
  });

  it.each([
    ['postgres', 'postgres:17', '5432'],
    ['redis', 'redis:8', '6379'],
    ['mongo', 'mongo:8', '27017'],
  ])('checks and tests against a real %s', async (store, image, port) => {
    const workflow = await fileOf(WORKFLOW, '--ci', 'github', '--store', store);
    expect(workflow).toContain(`image: ${image}\n`);
    expect(workflow).toMatch(new RegExp(`TEST_DATABASE_URL: \\w+://.*127.0.0.1:${port}`));
    expect(workflow).toContain('REQUIRE_DATABASE: "1"');
    for (const command of ['npm ci --ignore-scripts', 'npm run check', 'npm test'])
      expect(workflow).toContain(`      - run: ${command}\n`);
  });

  it('gives the workflow no more rights than it needs', async () => {
    expect(await fileOf(WORKFLOW, '--ci', 'github')).toContain('permissions:\n  contents: read\n');
  });
});
