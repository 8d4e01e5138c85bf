import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Outcome, run } from './support/commands.ts';
import { type Registry, serveTarball } from './support/registry.ts';

/** The real npm 10 and 11, called without `--`: what reaches us, and that nothing is ever written. */

const CORRECTED = 'npm create secure-session-app@latest my-app --';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'css-npm-')));
let registry: Registry;
beforeAll(async () => {
  registry = await serveTarball(inject('tarball'));
});
afterAll(() => {
  registry.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['10', '11'])('npm %s', (major) => {
  /** Through npx, which fetches that npm from where the machine gets its packages. */
  async function create(line: string): Promise<Outcome & { written: string[] }> {
    const cwd = mkdtempSync(join(folder, 'cwd-'));
    const ours = [
      'create',
      '--yes',
      `--registry=${registry.url}`,
      `--cache=${join(folder, `cache-${major}`)}`,
    ];
    const args = ['--yes', `npm@${major}`, ...ours, 'secure-session-app@latest', ...line.split(' ')];
    return { ...(await run('npx', args, cwd)), written: readdirSync(cwd) };
  }

  beforeAll(async () => {
    // With --dry-run npm itself fetches nothing, so that the package has to be there before.
    expect(await create('my-app -- --version')).toMatchObject({ code: 0, written: [] });
  });

  it.each([
    ['my-app --dry-run', '--dry-run'],
    ['my-app --json', '--json'],
    ['my-app --store redis --no-git', '--store redis --no-git'],
    ['my-app --store=redis', '--store redis'],
    ['my-app --idle-timeout 15m --no-pages', '--idle-timeout 15m --no-pages'],
    ['my-app --hostname a.test --hostname b.test', '--hostname a.test --hostname b.test'],
    ['my-app --config a.json', '--config a.json'],
    ['my-app --on-conflict merge', '--on-conflict merge'],
    ['my-app --verify', '--verify'],
  ])('create … %s', async (line, flags) => {
    const { code, output, written } = await create(line);
    expect(output).toContain(`${CORRECTED} ${flags}\n`);
    expect({ code, written }).toEqual({ code: 2, written: [] });
  });
});
