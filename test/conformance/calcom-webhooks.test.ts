import { calcomWebhooks } from './webhooks/calcom';
import { describeWebhookConformance } from './webhooks/kit';

describeWebhookConformance(calcomWebhooks());
