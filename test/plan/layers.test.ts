import { describe, expect, it } from 'vitest';
import { layers } from '../../src/plan/layers.ts';
import { answersOf } from '../support/answers.ts';

describe('layers', () => {
  it.each([
    [
      '',
      'base sign-in-password framework-express sign-in-password-express store-postgres sign-in-password-postgres tls-self-signed package-manager-npm framework-express-npm pages sign-in-password-pages pages-express',
    ],
    [
      '--store redis --no-pages',
      'base sign-in-password framework-express sign-in-password-express store-served store-redis sign-in-password-redis tls-self-signed package-manager-npm framework-express-npm',
    ],
    [
      '--store mongo --trust-proxy 1',
      'base sign-in-password framework-express sign-in-password-express store-served store-mongo sign-in-password-mongo tls-proxy package-manager-npm framework-express-npm pages sign-in-password-pages pages-express',
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
