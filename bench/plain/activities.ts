import * as provider from './provider';
import type { Access, Appointment, Patient, Slot } from './provider';

/** The provider's calls as activities. The credentials stay with the worker, as they do in ours. */
export function createPlainActivities(accounts: Readonly<Record<string, Access>>) {
  const at = (account: string): Access => {
    const access = accounts[account];
    if (!access) throw new Error(`There is no account ${account}.`);
    return access;
  };
  return {
    placeOrder: (account: string, patient: Patient, labTestIds: string[]): Promise<string> =>
      provider.placeOrder(at(account), patient, labTestIds),
    readOrder: (account: string, orderId: string): Promise<string> =>
      provider.readOrder(at(account), orderId),
    findSlot: (account: string, patient: Patient, daysAhead: number): Promise<Slot> =>
      provider.findSlot(at(account), patient, daysAhead),
    book: (account: string, orderId: string, slot: Slot): Promise<Appointment> =>
      provider.book(at(account), orderId, slot),
    cancelOrder: (account: string, orderId: string): Promise<void> =>
      provider.cancelOrder(at(account), orderId),
    cancelAppointment: (account: string, orderId: string): Promise<void> =>
      provider.cancelAppointment(at(account), orderId),
  };
}

export type PlainActivities = ReturnType<typeof createPlainActivities>;
