import { describe, expect, it } from 'vitest';
import { emit } from '../emitted/support/emit.ts';
import { runSuite } from '../emitted/support/scripts.ts';
import { articlesFor, paste } from './support/articles.ts';

/**
 * What happens to somebody who pastes the login of a widely copied article into a project: the project's own tests
 * fail, and the name of one says what an attacker would do.
 */

describe.each(['express', 'fastify', 'koa'] as const)('a project of %s', (framework) => {
  const emitted = () =>
    emit('my-app', ['--framework', framework, '--store', 'postgres'], `pasted-${framework}`);
  const articles = articlesFor(framework);

  it('passes as it is', async () => {
    const files = [...new Set(articles.flatMap(({ files }) => files))];
    const { code, output } = await runSuite(await emitted(), {}, files);
    expect(code, output).toBe(0);
  });

  it.each(articles.map((article) => [article.name, article] as const))(
    'names the attack on %s',
    async (_name, article) => {
      const directory = await emitted();
      paste(article, directory);
      const { code, output, report } = await runSuite(directory, {}, article.files);
      const { failures } = report;
      console.log(`${framework}, ${article.name}:\n  ${failures.join('\n  ')}`);
      expect(code, output).not.toBe(0);
      expect(failures).toContainEqual(expect.stringMatching(article.attack));
    },
  );
});
