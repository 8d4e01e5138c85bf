import { startRedis } from '../databases/redis.ts';
import { wholeJourney } from './support/whole-journey.ts';

wholeJourney('redis', startRedis);
