import { junctionWebhooks } from './webhooks/junction';
import { describeWebhookConformance } from './webhooks/kit';

describeWebhookConformance(junctionWebhooks());
