import { expect, it } from 'vitest';
import { render } from '../support/render.ts';
import { EQUIVALENTS } from './equivalents.ts';

it('what equivalents.ts explains is a line of the default project', async () => {
  const { contents } = await render([]);
  const isThere = ({ file, line }: (typeof EQUIVALENTS)[number]) =>
    contents
      .get(file)
      ?.split('\n')
      .some((text) => text.trim() === line);
  expect(EQUIVALENTS.filter((equivalent) => !isThere(equivalent))).toEqual([]);
});
