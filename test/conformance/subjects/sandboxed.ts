import type { VendorName } from '../../../src/booking/vendors';
import { contractOf } from '../contract';
import { startRecorder, type Exchange, type Recorder } from '../recorder';
import type { Fault, Hand, Spoilable } from '../subject';

/** What all of our sandboxes have alike, for subjects: controls, fault rules, and the recorder in front of them. */
export interface Sandboxed {
  /** Where the adapter is pointed. */
  url: string;
  /** The sandbox itself: what is sent there is noted by nobody. */
  behindUrl: string;
  exchanges: readonly Exchange[];
  mishear: Hand['mishear'];
  /** Posts to a control; fails when it is refused. */
  control(path: string, body: unknown): Promise<void>;
  fault: Hand['fault'];
  live: Hand['live'];
  made: Hand['made'];
  /** Answers are no longer what the contract says: a quirk is on. Requests still are. */
  distrustAnswers(): void;
  checkContract(): void;
  close(): Promise<void>;
}

export type Paths = Partial<Record<Spoilable, { method: string; path: string }>>;

/** Puts a recorder before a running sandbox. */
export async function sandboxed(
  sandbox: { url: string; close(): Promise<void> },
  vendor: VendorName,
  paths: Paths,
): Promise<Sandboxed> {
  const recorder: Recorder = await startRecorder(sandbox.url);
  const contract = contractOf(vendor);
  const spoiled: { method: string; pattern: RegExp }[] = [];
  const callOf = (call: Spoilable): { method: string; path: string; pattern: RegExp } => {
    const known = paths[call];
    if (!known) throw new Error(`there is no ${call} to spoil here`);
    return { ...known, pattern: new RegExp(`^${known.path.replace(/\{[^}]+\}/g, '[^/]+')}$`) };
  };
  const control: Sandboxed['control'] = async (path, body) => {
    const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`control ${path} was refused: ${await answer.text()}`);
  };
  return {
    url: recorder.url,
    behindUrl: sandbox.url,
    mishear: recorder.mishear,
    exchanges: recorder.exchanges,
    control,
    async fault(call, fault: Fault) {
      const { method, path, pattern } = callOf(call);
      spoiled.push({ method, pattern });
      await control('faults', { method, path, ...fault });
    },
    async live() {
      const answer = await fetch(`${sandbox.url}/_sandbox/state`);
      // The sandbox is ours and its state's shape is tested in test/sandbox.
      const { live } = (await answer.json()) as { live: { appointments: string[]; orders: string[] } };
      return { appointments: live.appointments.length, orders: live.orders.length };
    },
    made(call) {
      const { method, pattern } = callOf(call);
      return recorder.exchanges.filter((one) => one.method === method && pattern.test(one.path));
    },
    distrustAnswers: () => void spoiled.push({ method: '', pattern: /./ }),
    checkContract: () =>
      contract?.check(
        recorder.exchanges,
        ({ method, path }) =>
          !spoiled.some((one) => ['', method].includes(one.method) && one.pattern.test(path)),
      ),
    async close() {
      await recorder.close();
      await sandbox.close();
    },
  };
}
