import { startRedisCluster } from '../databases/redis.ts';
import { journey } from './support/journey.ts';
import { frameworkOr } from './support/project.ts';
import { folderOf } from './support/tools.ts';

const framework = frameworkOr('koa');

journey(`${framework}-redis with Node 24, on a cluster`, {
  framework,
  store: 'redis',
  packageManager: 'npm',
  startDatabase: startRedisCluster,
  circumstances: async () => ({ path: [await folderOf('node', 'node@24', process.cwd())] }),
});
