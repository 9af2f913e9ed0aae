import { escapeText } from '../report/escape.ts';
import { type Message, WAITING } from '../run/messages.ts';
import { tell } from './output.ts';

/** Says what a job does, and what a reader should know. */
export function stepsOf({ quiet }: { quiet: boolean }): (message: Message) => void {
  return (message) => {
    if (message.type === 'note') tell(`${message.level}: ${escapeText(message.text)}\n`);
    else if (message.type === 'step' && message.step !== WAITING && !quiet) {
      tell(`${escapeText(`${message.subject}: ${message.step}`)}\n`);
    }
  };
}
