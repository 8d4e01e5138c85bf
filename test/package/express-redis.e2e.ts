import { startRedis } from '../engines/redis.ts';
import { wholeJourney } from './support/whole-journey.ts';

wholeJourney('redis', startRedis);
