import { describeConformance } from './kit';
import { startJunctionSubject } from './subjects/junction';

describeConformance({ name: 'junction-psc', start: () => startJunctionSubject('junction-psc') });
