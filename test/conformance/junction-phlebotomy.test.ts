import { describeConformance } from './kit';
import { startJunctionSubject } from './subjects/junction';

describeConformance({
  name: 'junction-phlebotomy',
  start: () => startJunctionSubject('junction-phlebotomy'),
});
