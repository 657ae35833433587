import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import {
  bookFirst,
  HOME_ADDRESS,
  orderBody,
  orderCallSchema,
  placeOrder,
  slotKeys,
  startJunction,
  startReceiver,
  until,
  type Answer,
  type LAB_TESTS,
} from './junction-client';

/** What the sandbox answers and sends, against the vendor's own contract. */

const CONTRACT = resolve(__dirname, '../../../shared/contracts/junction.openapi.json');
const present = existsSync(CONTRACT);
if (!present)
  process.stdout.write(`skipped: no contract at ../shared/contracts, answers are not checked against it\n`);
const withContract = present ? describe : describe.skip;

const documentSchema = z.object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) });

withContract('by the contract', () => {
  const check = contractCheck();

  test('orders of every modality, placed, listed and cancelled', async () => {
    const junction = await startJunction();
    const methods: (keyof typeof LAB_TESTS)[] = [
      'at_home_phlebotomy',
      'walk_in_test',
      'testkit',
      'on_site_collection',
    ];
    for (const method of methods) {
      const proxy = { ...patientProxy(), email: null };
      const body = {
        ...orderBody(method, { medical_proxy: proxy }),
        icd_codes: ['Z00.00'],
        clinical_notes: 'x',
      };
      const placed = await junction.call('POST', '/v3/order', body);
      check('PostOrderResponse', placed);
      const { id } = orderCallSchema.parse(placed.body).order;
      check('ClientFacingOrder', await junction.call('GET', `/v3/order/${id}`));
      check('PostOrderResponse', await junction.call('POST', `/v3/order/${id}/cancel`));
    }
    check('GetOrdersResponse', await junction.call('GET', '/v3/orders'));
    const resent = await junction.call('POST', '/v3/order/resend_events', {});
    check('ResendWebhookResponse', resent);
    await junction.close();
  });

  test('slots, bookings, moves and cancellations at home and at a PSC', async () => {
    const junction = await startJunction();
    const kinds = [
      ['phlebotomy', 'at_home_phlebotomy', 'cancellation_reason_id', ''],
      ['psc', 'walk_in_test', 'cancellationReasonId', '?lab=quest&zip_code=10001&radius=25'],
    ] as const;
    for (const [kind, method, field, query] of kinds) {
      const search = `/v3/order/${kind}/appointment/availability${query}`;
      check('AppointmentAvailabilitySlots', await junction.call('POST', search, HOME_ADDRESS));
      const id = await placeOrder(junction, method);
      check('ClientFacingAppointment', await bookFirst(junction, id, { appointment_notes: 'x' }, kind));
      const path = `/v3/order/${id}/${kind}/appointment`;
      check('ClientFacingAppointment', await junction.call('GET', path));
      const [, key] = await slotKeys(junction, kind);
      check(
        'ClientFacingAppointment',
        await junction.call('PATCH', `${path}/reschedule`, { booking_key: key }),
      );
      const reasons = await junction.call('GET', `/v3/order/${kind}/appointment/cancellation-reasons`);
      const list = z.array(z.looseObject({ id: z.string() })).parse(reasons.body);
      list.forEach((body) => check('ClientFacingAppointmentCancellationReason', { ...reasons, body }));
      check(
        'ClientFacingAppointment',
        await junction.call('PATCH', `${path}/cancel`, { [field]: list[0]?.id }),
      );
    }
    await junction.close();
  });

  test('what is offered where, and refusals of malformed input', async () => {
    const junction = await startJunction();
    for (const zip of ['85004', '54650', '10001', '99999']) {
      check('AreaInfo', await junction.call('GET', `/v3/order/area/info?zip_code=${zip}`));
    }
    check('PSCInfo', await junction.call('GET', '/v3/order/psc/info?zip_code=10001&lab_id=27'));
    const tests = await junction.call('GET', '/v3/lab_tests');
    z.array(z.unknown())
      .parse(tests.body)
      .forEach((body) => check('ClientFacingLabTest', { ...tests, body }));
    check('HTTPValidationError', await junction.call('POST', '/v3/order', {}), 422);
    const id = await placeOrder(junction);
    const body = { address: { ...HOME_ADDRESS, zip_code: '54650' }, provider: 'phlebfinders' };
    const requested = await junction.call('POST', `/v3/order/${id}/phlebotomy/appointment/request`, body);
    check('ClientFacingAppointment', requested);
    await junction.close();
  });

  test('webhooks', async () => {
    const receiver = await startReceiver();
    const junction = await startJunction({ webhookUrl: receiver.url });
    await bookFirst(junction, await placeOrder(junction));
    await until(
      () => Promise.resolve(receiver.received),
      (received) => received.length === 6,
    );
    for (const { type, raw } of receiver.received) {
      const schema = type.includes('.order.') ? 'ClientFacingOrderChanged' : 'ClientFacingAppointmentChanged';
      check(schema, { status: 200, body: JSON.parse(raw), text: raw });
    }
    await junction.close();
    await receiver.close();
  });
});

function contractCheck(): (schema: string, answer: Answer, status?: number) => void {
  // A skipped suite's body runs too, to collect its tests.
  if (!present) return () => undefined;
  const { components } = documentSchema.parse(JSON.parse(readFileSync(CONTRACT, 'utf8')));
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addFormat('uuid4', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  void ajv.addSchema({ $id: 'contract', components });
  return (schema, answer, status = 200) => {
    expect([schema, answer.status]).toEqual([schema, status]);
    const validate = ajv.getSchema(`contract#/components/schemas/${schema}`);
    if (!validate) throw new Error(`the contract has no ${schema}`);
    const valid = validate(answer.body);
    expect({ schema, valid, errors: validate.errors }).toEqual({ schema, valid: true, errors: null });
  };
}

function patientProxy(): Record<string, unknown> {
  const address = { first_line: 'a', city: 'Phoenix', state: 'AZ', zip: '85004', country: 'US' };
  return { first_name: 'Mia', last_name: 'Reyes', phone_number: '+16025550124', address };
}
