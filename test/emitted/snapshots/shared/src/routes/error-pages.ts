/** Who gets an error as a page? People: browsers that load a document. Everybody else gets JSON. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';

/**
 * @param directory where `404.html` and `500.html` are
 * @returns the page for this status; null for clients that want JSON, other statuses, and when the file is missing
 */
export async function errorPage(request: IncomingMessage, status: number, directory: string): Promise<Buffer | null> {
  const name = status === 404 ? '404.html' : status >= 500 ? '500.html' : null;
  if (!name || !wantsPage(request)) return null;
  return readFile(join(directory, name)).catch(() => null);
}

function wantsPage({ method = '', url = '', headers }: IncomingMessage): boolean {
  if (!['GET', 'HEAD'].includes(method) || /^\/api(?:[/?]|$)/.test(url)) return false;
  const destination = headers['sec-fetch-dest'];
  if (destination !== undefined) return destination === 'document';
  return String(headers.accept).includes('text/html');
}
