import { startMongoDb } from '../engines/mongodb.ts';
import { wholeJourney } from './support/whole-journey.ts';

wholeJourney('mongo', startMongoDb);
