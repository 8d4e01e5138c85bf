/** Bounds every call to the engine: a frozen server must end in a 503, not in a request that waits for ever. */
import { ENGINE_DEADLINE_MS } from './security-policy.ts';

/** The engine did not do what was asked: down, frozen, cut off or in error. Answered with 503. */
export class EngineUnavailable extends Error {
  override name = 'EngineUnavailable';
  readonly call: string;

  constructor(call: string, cause: unknown) {
    super(`the engine did not answer ${call}`, { cause });
    this.call = call;
  }
}

/**
 * Waits for one call to the engine, at most ENGINE_DEADLINE_MS.
 * @param call its name, such as `sessions.read`
 * @throws EngineUnavailable with the driver's error, or the missed deadline, as its cause
 */
export async function withDeadline<T>(call: string, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ENGINE_DEADLINE_MS} ms`)), ENGINE_DEADLINE_MS);
  });
  try {
    return await Promise.race([work(), deadline]);
  } catch (error) {
    throw new EngineUnavailable(call, error);
  } finally {
    clearTimeout(timer);
  }
}
