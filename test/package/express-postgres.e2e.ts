import { startPostgres } from '../engines/postgres.ts';
import { wholeJourney } from './support/whole-journey.ts';

wholeJourney('postgres', startPostgres);
