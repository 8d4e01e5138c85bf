/** Which faults, on which project? A row each; how a fault is brought about is in stages.ts. */
import { startFerretDb } from '../databases/mongodb.ts';
import { startPostgres } from '../databases/postgres.ts';
import { startRedis } from '../databases/redis.ts';
import * as stages from './stages.ts';

export type Store = 'postgres' | 'redis' | 'mongo';

export interface Scenario {
  /** What `--only` takes. */
  readonly name: string;
  readonly framework: 'express' | 'fastify' | 'koa';
  readonly store: Store;
  readonly stage: () => Promise<stages.Stage>;
  /**
   * The database itself may lose what it acknowledged last, as its copies follow late: sessions that came back and lost
   * writes are counted and are no failure. Wrong identities, hanging requests and crashes always are.
   */
  readonly losesLast?: boolean;
  /** Only when it is asked for by its name: it shows what such a loss looks like. */
  readonly onlyByName?: boolean;
}

const postgres = { framework: 'express', store: 'postgres' } as const;
const redis = { framework: 'koa', store: 'redis' } as const;
const mongo = { framework: 'fastify', store: 'mongo' } as const;
const losesLast = true;

export const SCENARIOS: readonly Scenario[] = [
  { name: 'postgres-killed', ...postgres, stage: stages.killed(startPostgres) },
  { name: 'postgres-frozen', ...postgres, stage: stages.frozen(startPostgres) },
  { name: 'postgres-cut', ...postgres, stage: stages.postgresCut },
  { name: 'postgres-promoted', ...postgres, stage: stages.standbyPromoted(true) },
  { name: 'postgres-promoted-async', ...postgres, stage: stages.standbyPromoted(false), losesLast },
  { name: 'postgres-bouncer', ...postgres, stage: stages.bouncerKilled },
  { name: 'postgres-instance', ...postgres, stage: stages.instanceKilled(startPostgres) },
  { name: 'redis-killed', ...redis, stage: stages.killed(startRedis) },
  { name: 'redis-frozen', ...redis, stage: stages.frozen(startRedis) },
  { name: 'redis-cut', ...redis, stage: stages.redisCut },
  { name: 'redis-cluster', ...redis, stage: stages.clusterMasterKilled(0), losesLast },
  {
    name: 'redis-cluster-lag',
    ...redis,
    stage: stages.clusterMasterKilled(1000),
    losesLast,
    onlyByName: true,
  },
  { name: 'redis-sentinel', ...redis, stage: stages.sentinelFailover, losesLast },
  { name: 'redis-instance', ...redis, stage: stages.instanceKilled(startRedis) },
  { name: 'mongo-killed', ...mongo, stage: stages.killed(startFerretDb) },
  { name: 'mongo-frozen', ...mongo, stage: stages.frozen(startFerretDb) },
  { name: 'mongo-cut', ...mongo, stage: stages.cutByProxy(startFerretDb) },
  { name: 'mongo-instance', ...mongo, stage: stages.instanceKilled(startFerretDb) },
];
