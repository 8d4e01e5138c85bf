import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/options/values/nearest.ts';

const STORES = ['postgres', 'redis', 'mongo'];

describe('nearest', () => {
  it.each([
    ['redsi', 'redis'],
    ['REDIS', 'redis'],
    ['postgers', 'postgres'],
    ['post', 'postgres'],
    ['mongoo', 'mongo'],
  ])('takes %s for %s', (typed, meant) => {
    expect(nearest(typed, STORES)).toBe(meant);
  });

  it.each(['sqlite', 'p', '', 'mysql'])('has no idea what "%s" may mean', (typed) => {
    expect(nearest(typed, STORES)).toBeUndefined();
  });

  it('has no idea when there is nothing to choose from', () => {
    expect(nearest('redis', [])).toBeUndefined();
  });
});
