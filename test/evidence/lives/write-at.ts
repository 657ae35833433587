import type { Fault } from '../../support/calls';
import type { LoggedCall } from '../../support/spoiling';
import { eventually } from '../../support/stand-in';
import type { Scene, Stage } from './scenes';

/** A case's write, as its stand-in gets it. */
export interface WriteAt {
  fail(fault: Fault): Promise<void>;
  /** How many calls of it there were. */
  calls(): Promise<number>;
  /** Waits until there were so many. */
  called(times: number): Promise<void>;
  /** Waits until what was to take effect late has done so. */
  effectsOver(): Promise<void>;
}

/** A booking gets to its write within this, on a busy machine. */
const REACHED_MS = 30_000;

export function writeAt({ sandbox, clinic }: Stage, scene: Scene): WriteAt {
  const [fail, calls] =
    scene.vendor === 'oliver'
      ? [(fault: Fault) => clinic.fail(scene.call, fault), () => clinic.callsOf(scene.call)]
      : [(fault: Fault) => sandbox.fail(scene.call, fault), () => sandbox.callsOf(scene.call)];
  const isToCome = ({ fault, effectAt }: LoggedCall) => fault === 'late' && effectAt === null;
  return {
    fail,
    calls: async () => (await calls()).length,
    async called(times) {
      await eventually(calls, ({ length }) => length >= times, REACHED_MS);
    },
    async effectsOver() {
      await eventually(calls, (logged) => !logged.some(isToCome));
    },
  };
}
