import { describeConformance } from './kit';
import { startOliverSubject } from './subjects/oliver';

describeConformance({ name: 'oliver', start: startOliverSubject });
