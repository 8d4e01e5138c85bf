// For `node --import`: lets Node 20, which does not know types, run the benches as they are written.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transform } from 'rolldown/utils';

if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const path = fileURLToPath(url);
  const { code } = await transform(path, await readFile(path, 'utf8'));
  return { format: 'module', source: code, shortCircuit: true };
}
