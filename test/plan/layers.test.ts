import { describe, expect, it } from 'vitest';
import { layers } from '../../src/plan/layers.ts';
import { answersOf } from '../support/answers.ts';

describe('layers', () => {
  it.each([
    ['', 'base framework-express store-postgres tls-self-signed package-manager-npm pages pages-express'],
    [
      '--store redis --no-pages',
      'base framework-express store-served store-redis tls-self-signed package-manager-npm',
    ],
    [
      '--store mongo --trust-proxy 1',
      'base framework-express store-served store-mongo tls-proxy package-manager-npm pages pages-express',
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
