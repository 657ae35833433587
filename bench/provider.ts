/** What the bench tells a stand-in, past the vendor's own calls. */

/** Empties it, and has it take any number of bookings; its news goes to the address, if there is one. */
export async function freshProvider(url: string, newsTo: string | null): Promise<void> {
  await control(url, 'reset', {});
  // Every patient may have many visits, and every slot many patients: nobody is to come away empty.
  await control(url, 'account', { oneAppointmentPerPatient: false, bookBeforeRequisition: true });
  await control(url, 'slots', { capacity: 1_000_000 });
  await control(url, 'webhook', { url: newsTo });
}

/** Has it tell about an order and its appointment once more: what everybody knows already. */
export async function tellAgain(url: string, apiKey: string, orderId: string): Promise<void> {
  await post(`${url}/v3/order/resend_events`, { order_ids: [orderId] }, { 'x-vital-api-key': apiKey });
}

/** Moves an appointment by a day, as a vendor does that calls the patient. */
export async function moveByADay(
  url: string,
  { id, startsAt, endsAt }: { id: string; startsAt: string; endsAt: string },
): Promise<void> {
  const later = (time: string): string => new Date(Date.parse(time) + DAY_MS).toISOString();
  await control(url, `appointments/${id}`, { start_at: later(startsAt), end_at: later(endsAt) });
}

/** Has it reserve what is booked from now on, until `confirmAppointment`. */
export function reserveOnly(url: string): Promise<void> {
  return control(url, 'confirmation', { mode: 'reserve', times: 1_000_000 });
}

/** Confirms an appointment that was reserved; its news follows. */
export function confirmAppointment(url: string, id: string): Promise<void> {
  return control(url, `appointments/${id}`, { status: 'confirmed' });
}

/** How a provider fails that is away: it answers so late that nobody waits, or says at once that it cannot. */
export const FAULTS = {
  hangs: { delayMs: 30_000 },
  refuses: { answer: { status: 503 } },
} as const;
export type Fault = keyof typeof FAULTS;

/** Spoils every call from now on; null: none. */
export async function spoil(url: string, fault: Fault | null): Promise<void> {
  const answer = await fetch(`${url}/_sandbox/faults`, { method: 'DELETE' });
  if (!answer.ok) throw new Error(`${url} was answered ${answer.status}`);
  if (fault !== null)
    await control(url, 'faults', { method: '*', path: '*', times: 1_000_000, ...FAULTS[fault] });
}

const DAY_MS = 86_400_000;

function control(url: string, path: string, body: unknown): Promise<void> {
  return post(`${url}/_sandbox/${path}`, body);
}

async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} was answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}
