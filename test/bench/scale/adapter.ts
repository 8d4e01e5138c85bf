import type { RunningServer } from '../../databases/server-process.ts';
import type { StockDatabase } from '../sessions/stock/database.ts';
import type { Population, Session } from './population.ts';
import type { Store } from './project.ts';

/** Whose sessions: those of the generated store, or of the published one for express-session. */
export type Side = 'ours' | 'stock';

type Batches = Iterable<Session[]>;

/** How a database is filled in bulk and looked at. */
export interface Adapter {
  sides: readonly Side[];
  start(): Promise<RunningServer>;
  /** As database/users.ts of the project makes it, but for what is random in it. */
  idOfUser(email: string): string;
  fillUsers(url: string, people: Population, passwordHash: string): Promise<void>;
  /** What the instructions of the published store say to do before its first use. */
  prepareStock?(url: string, packages: string): Promise<void>;
  fill(url: string, side: Side, batches: Batches): Promise<void>;
  /** Waits for, or does, what filling causes in the background. */
  settle?(url: string): Promise<void>;
  /** One session of ours as the database has it, down to the encoding, but for the rest of its time to live. */
  stored(url: string, session: Session): Promise<unknown>;
  /** Bytes on disk or in memory: those of sessions are the difference that they make. */
  bytes?(url: string, side: Side): Promise<number>;
  /** How many sessions a user has, by a scan: the published stores have no index of them. */
  scan?(stock: StockDatabase, userId: string): Promise<number>;
  expired?: {
    /** Whose deletion is worth a look. */
    sides: readonly Side[];
    /** How many there are for each live session. */
    share: number;
    /** Adds sessions that have expired when it ends. */
    fill(url: string, side: Side, batches: Batches): Promise<void>;
    /** Resolves when they are deleted. */
    remove(url: string, store: Store | StockDatabase): Promise<void>;
  };
}
