/** Says at start when this Redis may lose sessions or users. It keeps all of them: it is no cache here. */
import type { Db } from './engine.ts';
import type { Log } from './log.ts';

export async function warnOfLoss(db: Db, log: Log): Promise<void> {
  const warn = (message: string) => log.warn({ event: 'sys_engine_durability' }, message);
  try {
    const { appendonly, save } = { ...(await db.configGet('appendonly')), ...(await db.configGet('save')) };
    if (appendonly !== 'yes' && !save) {
      warn('Redis keeps nothing on disk: a restart loses all users and sessions. Set appendonly yes');
    }
    const policy = (await db.configGet('maxmemory-policy'))['maxmemory-policy'];
    if (policy !== 'noeviction') {
      warn(`Redis drops users and sessions when memory is full (maxmemory-policy ${policy}). Set noeviction`);
    }
  } catch (error) {
    // Hosted servers often forbid CONFIG. A server that is down is reported by whoever needs it.
    warn(`could not check how Redis keeps its data: ${error instanceof Error ? error.message : error}`);
  }
}
