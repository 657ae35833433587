import { describeConformance } from './kit';
import { startCalcomSubject } from './subjects/calcom';

describeConformance({ name: 'calcom', start: startCalcomSubject });
