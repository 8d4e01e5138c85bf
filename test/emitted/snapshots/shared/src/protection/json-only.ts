/**
 * A form of another site can send text or form data without asking first, but not JSON. So a body that is not JSON
 * is refused before it is read (ASVS 3.5.2). So is a compressed one: nobody here sends any, and a small one can unfold
 * to a huge one.
 */
import type { IncomingMessage } from 'node:http';
import { Problem } from '../problems.ts';

/** @throws Problem `unsupported_media_type` */
export function refuseOtherBodies({ headers }: IncomingMessage): void {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  const isCompressed = (headers['content-encoding'] ?? 'identity') !== 'identity';
  if (hasBody && (type !== 'application/json' || isCompressed)) throw new Problem('unsupported_media_type');
}
