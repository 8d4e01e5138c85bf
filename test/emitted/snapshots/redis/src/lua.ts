/**
 * Lua scripts: several commands as one atomic step on the engine. Each works on one key, as the keys of two would be
 * on two nodes of a cluster.
 */
import { createHash } from 'node:crypto';
import type { Db } from './engine.ts';

export type Script<Reply> = (db: Db, key: string, ...values: (string | number)[]) => Promise<Reply>;

/** Sends the script's hash, and its text only to a server that does not know it yet. */
export function script<Reply>(text: string): Script<Reply> {
  const hash = createHash('sha1').update(text).digest('hex');
  return async (db, key, ...values) => {
    const input = { keys: [key], arguments: values.map(String) };
    try {
      return (await db.evalSha(hash, input)) as Reply;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await db.eval(text, input)) as Reply;
    }
  };
}
