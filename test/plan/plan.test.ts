import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { OverlayTexts } from '../../src/build/read-overlays.ts';
import { plan } from '../../src/plan/plan.ts';
import { answersOf } from '../support/answers.ts';
import { overlaysOf } from '../support/overlays.ts';

async function contentsOf(texts: OverlayTexts, ...argv: string[]): Promise<Record<string, string>> {
  const { files } = plan(await answersOf('my-app', ...argv), overlaysOf(texts));
  return Object.fromEntries(files.map(({ path, contents }) => [path, contents]));
}

describe('plan', () => {
  it('gives the same bytes for the same answers', async () => {
    const texts = { base: { 'package.json': '{}', 'a.ts.ejs': '<%- reproduce %> <%- project.origins %>' } };
    const first = await contentsOf(texts, '--store', 'pg', '--hostname', 'a.test');
    expect(await contentsOf(texts, '--hostname', 'a.test', '--store', 'postgres')).toEqual(first);
  });

  it('lets a later overlay win at the same path, whether copied or rendered', async () => {
    const texts = {
      base: { 'package.json': '{}', 'src/a.ts': 'base', 'src/b.ts.ejs': 'base' },
      'framework-express': { 'src/a.ts.ejs': '<%- answers.framework %>' },
      'store-postgres': { 'src/b.ts': 'store' },
    };
    const contents = await contentsOf(texts);
    expect(contents['src/a.ts']).toBe('express');
    expect(contents['src/b.ts']).toBe('store');
  });

  it('turns _ into . in every segment, and drops .ejs', async () => {
    const texts = {
      base: {
        'package.json': '{}',
        _gitattributes: '',
        _gitignore: '',
        '_github/_x/ci.yml.ejs': '',
        'a_b/c.ts': '',
      },
    };
    const paths = Object.keys(await contentsOf(texts));
    expect(paths).toEqual([
      '.gitattributes',
      '.github/.x/ci.yml',
      '.gitignore',
      'a_b/c.ts',
      'package.json',
      '.secure-session.json',
    ]);
  });

  it('escapes nothing, because it writes source code', async () => {
    const texts = { base: { 'package.json': '{}', 'a.ejs': `<%= "it's <b> & \\"c\\"" %>` } };
    expect((await contentsOf(texts)).a).toBe(`it's <b> & "c"`);
  });

  it('copies what is no template byte for byte', async () => {
    const text = `<% not a template %>\r\n\u2028\u0000 \`\${x}\` \\n é`;
    expect((await contentsOf({ base: { 'package.json': '{}', 'a.txt': text } }))['a.txt']).toBe(text);
  });

  it('names the template that fails', async () => {
    const texts = { base: { 'package.json': '{}', 'a.ejs': '<%- missing.name %>' } };
    await expect(contentsOf(texts)).rejects.toThrow('the template base/a.ejs failed');
  });

  it('has an internal error for a missing overlay, save for those that may be empty', async () => {
    await expect(contentsOf({}, '--store', 'redis')).rejects.toThrow('no template folder "store-redis"');
    await expect(contentsOf({}, '--trust-proxy', '1', '--pages')).resolves.toBeTruthy();
  });

  it('takes pages only when they are wanted', async () => {
    const texts = { pages: { 'public/index.html': '' } };
    expect(await contentsOf(texts)).toHaveProperty(['public/index.html']);
    expect(await contentsOf(texts, '--no-pages')).not.toHaveProperty(['public/index.html']);
  });

  describe('overlay.json', () => {
    const texts = {
      base: {
        'package.json': '{}',
        'overlay.json':
          '{"env":[{"name":"A","value":"<%- answers.port %>"},{"name":"B","value":"b"}],"words":{"x":"base"}}',
        'out.ejs':
          '<% for (const { name, value } of env) { -%><%- name %>=<%- value %>,<% } -%><%- words.x %>',
      },
      'store-postgres': {
        'overlay.json':
          '{"env":[{"name":"C","value":"c"},{"name":"A","value":"mine"}],"words":{"x":"store"}}',
      },
    };

    it('adds lines in overlay order, replaces one of the same name in place, and merges words', async () => {
      expect((await contentsOf(texts)).out).toBe('A=mine,B=b,C=c,store');
    });

    it('is rendered itself, and never emitted', async () => {
      const contents = await contentsOf({ base: texts.base });
      expect(contents.out).toBe('A=3443,B=b,base');
      expect(contents).not.toHaveProperty(['overlay.json']);
    });
  });

  describe('the view', () => {
    async function rendered(expression: string, ...argv: string[]): Promise<string | undefined> {
      return (await contentsOf({ base: { 'package.json': '{}', 'a.ejs': `<%- ${expression} %>` } }, ...argv))
        .a;
    }

    it.each([
      ['duration(answers.idleTimeout)', [], '30 * MINUTE_MS'],
      ['duration(answers.absoluteTimeout)', ['--policy', 'relaxed'], '30 * DAY_MS'],
      ['string("it\'s \\\\ \\"x\\"")', [], `'it\\'s \\\\ "x"'`],
      ['string(answers.cookieName)', [], "'__Host-id'"],
      ['run("dev")', [], 'npm run dev'],
      ['run("test")', [], 'npm test'],
      ['run("admin", "revoke --all")', [], 'npm run admin -- revoke --all'],
      ['run("admin", "revoke --all")', ['--package-manager', 'pnpm'], 'pnpm run admin revoke --all'],
      ['run("test")', ['--package-manager', 'bun'], 'bun run test'],
      ['install', ['--package-manager', 'yarn'], 'yarn install'],
      ['project.name', [], 'my-app'],
      ['project.hostnames', ['--hostname', 'a.test'], 'localhost,my-app.localhost,a.test'],
      [
        'project.origins',
        ['--hostname', 'a.test,::1', '--port', '8443'],
        'https://my-app.localhost:8443,https://localhost:8443,https://a.test:8443,https://[::1]:8443',
      ],
    ])('%s with %j is %s', async (expression, argv, text) => {
      expect(await rendered(expression, ...argv)).toBe(text);
    });
  });

  describe('the manifest', () => {
    const texts = { base: { 'package.json': '{}', 'a.txt': 'hello' } };

    it('comes last, and holds the answers and the hash of every other file', async () => {
      const contents = await contentsOf(texts, '--hostname', 'a.test');
      expect(Object.keys(contents).at(-1)).toBe('.secure-session.json');
      const manifest = JSON.parse(contents['.secure-session.json'] ?? '');
      const hash = createHash('sha256').update('hello').digest('hex');
      expect(manifest.files).toEqual({ 'a.txt': hash, 'package.json': expect.any(String) });
      expect(manifest.answers).toMatchObject({
        directory: 'my-app',
        store: 'postgres',
        hostname: ['a.test'],
      });
      expect(manifest.generator.version).toMatch(/^\d+\.\d+\.\d+$/);
    });

    it('holds no path of this machine', async () => {
      expect((await contentsOf(texts))['.secure-session.json']).not.toContain('/projects');
    });

    it('writes short arrays on one line, as the formatter of the project does', async () => {
      const manifest = (await contentsOf(texts, '--hostname', 'a.test,b.test'))['.secure-session.json'];
      expect(manifest).toContain('"hostname": ["a.test", "b.test"],');
    });
  });
});
