import { startPostgres } from '../databases/postgres.ts';
import { wholeJourney } from './support/whole-journey.ts';

wholeJourney('postgres', startPostgres);
