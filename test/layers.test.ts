import { describe, expect, it } from 'vitest';
import { layers } from '../src/layers.ts';
import { answersOf } from './support/answers.ts';

describe('layers', () => {
  it.each([
    ['', 'base framework-express store-postgres tls-self-signed pages pages-express'],
    ['--store redis --no-pages', 'base framework-express store-served store-redis tls-self-signed'],
    [
      '--store mongo --trust-proxy 1',
      'base framework-express store-served store-mongo tls-proxy pages pages-express',
    ],
  ])('of "%s" are %s', async (line, overlays) => {
    const answers = await answersOf(...line.split(' ').filter(Boolean));
    expect(
      layers(answers)
        .map(({ overlay }) => overlay)
        .join(' '),
    ).toBe(overlays);
  });
});
