import type { Output } from '../io';

/** Colours, used only on a terminal and without NO_COLOR. */

const SGR = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

export type Colour = keyof typeof SGR;
export type Paint = (colour: Colour, text: string) => string;

/** Returns how to colour text for `output`. */
export function paintOn(output: Output): Paint {
  const hasColours = output.isTTY === true && output.hasColors?.() === true;
  if (!hasColours) return (_colour, text) => text;
  return (colour, text) => {
    const [on, off] = SGR[colour];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  };
}

const STATUS_COLOURS: Readonly<Record<string, Colour>> = {
  confirmed: 'green',
  in_progress: 'green',
  completed: 'green',
  compensating: 'yellow',
  cancelled: 'red',
  failed: 'red',
};

/** Returns a status in people's words and in its colour. Unknown ones are shown as they are. */
export function statusText(status: string, paint: Paint): string {
  const colour = Object.hasOwn(STATUS_COLOURS, status) ? STATUS_COLOURS[status] : undefined;
  return colour ? paint(colour, words(status)) : words(status);
}

/** Returns a name like `awaiting_confirmation` as people write it. */
export function words(name: string): string {
  return name.replaceAll('_', ' ');
}
