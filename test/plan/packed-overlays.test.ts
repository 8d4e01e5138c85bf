import { expect, it } from 'vitest';
import { compressOverlays, packOverlays } from '../../src/build/pack-overlays.ts';
import { readOverlays } from '../../src/build/read-overlays.ts';
import { readPacked } from '../../src/plan/packed-overlays.ts';

it('reads back what the build packed: every template, compiled or not', () => {
  const { packed } = packOverlays(readOverlays('templates'));
  expect(readPacked(compressOverlays(packed))).toEqual(packed);
});

it('packs no template that holds the character between them', () => {
  expect(() => compressOverlays({ base: { 'a.txt': 'one\0two' } })).toThrow('one');
});
