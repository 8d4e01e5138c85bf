import { ask, type Latency, latency } from './measure.ts';
import type { Place } from './place.ts';

export interface CleanUp {
  /** How many records had expired. */
  records: number;
  milliseconds: number;
  /** Of signed-in requests meanwhile; null where it was over before twenty were answered. */
  requests: Latency | null;
}

const LEAST_REQUESTS = 20;

/** Adds expired records, then looks at how requests fare while they are deleted. @returns null where nothing deletes them */
export async function cleanUp(place: Place): Promise<CleanUp | null> {
  const { adapter, people, side, size, store, url } = place;
  if (!adapter.expired?.sides.includes(side)) return null;
  const records = Math.ceil(size * adapter.expired.share);
  await adapter.expired.fill(url, side, people.batches(size, size + records));

  const begin = performance.now();
  let milliseconds: number | undefined;
  const removing = adapter.expired.remove(url, store).then(() => {
    milliseconds = performance.now() - begin;
  });
  const taken: number[] = [];
  while (milliseconds === undefined) taken.push(await ask(place, people.random()));
  await removing;
  return { records, milliseconds, requests: taken.length < LEAST_REQUESTS ? null : latency(taken) };
}
