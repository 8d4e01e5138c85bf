import { startMongoDb } from '../databases/mongodb.ts';
import { wholeJourney } from './support/whole-journey.ts';

wholeJourney('mongo', startMongoDb);
