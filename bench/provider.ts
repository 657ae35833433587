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
