import { log, proxyActivities } from '@temporalio/workflow';
import type { PlainActivities } from './activities';
import type { Appointment, Patient } from './provider';

/**
 * The saga that a team writes first, in the manner of the saga sample in temporalio/samples-typescript: each call an
 * activity, each undo registered after its call, the undos run newest first, one that fails is logged and passed over.
 * What ours does beyond that (looks, unknown outcomes, news, encryption, search attributes) is what it is measured for.
 */

export interface PlainRequest {
  account: string;
  patient: Patient;
  labTestIds: string[];
  /** The first wanted day, counted from today. */
  daysAhead: number;
}

interface Compensation {
  message: string;
  undo: () => Promise<void>;
}

const { placeOrder, readOrder, findSlot, book, cancelOrder, cancelAppointment } =
  // Wide enough for a slow provider under load: an attempt that is repeated would be counted as the saga's cost.
  proxyActivities<PlainActivities>({ startToCloseTimeout: '10s', scheduleToCloseTimeout: '60s' });

export async function plainBooking(request: PlainRequest): Promise<Appointment> {
  const { account, patient, labTestIds, daysAhead } = request;
  const compensations: Compensation[] = [];
  try {
    const orderId = await placeOrder(account, patient, labTestIds);
    compensations.unshift({ message: 'cancelling the order', undo: () => cancelOrder(account, orderId) });
    await readOrder(account, orderId);
    const slot = await findSlot(account, patient, daysAhead);
    const appointment = await book(account, orderId, slot);
    compensations.unshift({
      message: 'cancelling the appointment',
      undo: () => cancelAppointment(account, orderId),
    });
    return appointment;
  } catch (err) {
    await compensate(compensations);
    throw err;
  }
}

async function compensate(compensations: readonly Compensation[]): Promise<void> {
  for (const { message, undo } of compensations) {
    try {
      log.info(message);
      await undo();
    } catch (error) {
      log.error(`failed: ${message}`, { error });
    }
  }
}
