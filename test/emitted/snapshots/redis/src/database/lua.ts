/**
 * How do several commands become one atomic step in Redis? As a Lua script. Each works on one key, as two keys could
 * be on two nodes of a cluster.
 */
import { createHash } from 'node:crypto';
import type { Db } from './client.ts';

export type Script<Reply> = (db: Db, key: string, ...values: (string | number)[]) => Promise<Reply>;

/** Sends the script's hash, and its text only to a server that does not know it yet. */
export function script<Reply>(text: string): Script<Reply> {
  const hash = createHash('sha1').update(text).digest('hex');
  return (db, key, ...values) => {
    const input = { keys: [key], arguments: values.map(String) };
    const reply = db.evalSha(hash, input).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return db.eval(text, input);
    });
    return reply as Promise<Reply>;
  };
}
