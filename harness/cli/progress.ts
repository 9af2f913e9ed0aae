import { Listr, type ListrTaskWrapper } from 'listr2';
import type { Engine } from '../engine/port.ts';
import { escapeText } from '../report/escape.ts';
import { type Message, WAITING } from '../run/messages.ts';
import type { RunInput } from '../run/types.ts';
import { saidBefore } from './said-before.ts';
import { tell } from './output.ts';

interface Progress {
  start: (run: { engine: Engine; input: RunInput; folder: string }) => void;
  message: (message: Message) => void;
  /** Ends the display; may be called twice. */
  stop: () => Promise<void>;
}

/** What is going on: a live view with listr2 on a terminal, plain lines elsewhere, nothing when quiet. */
export function showProgress({ live, quiet }: { live: boolean; quiet: boolean }): Progress {
  if (quiet) return { start: () => undefined, message: () => undefined, stop: () => Promise.resolve() };
  return live ? new LiveProgress() : new PlainProgress();
}

class PlainProgress implements Progress {
  start = ({ engine, input, folder }: Parameters<Progress['start']>[0]): void => {
    const subjects = new Set(input.cells.map(({ subject }) => subject)).size;
    tell(
      `${engine.name} ${engine.version}; ${subjects} subjects, ${input.cells.length} cells; recording in ${folder}\n`,
    );
  };

  readonly #reasons = new Map<string, ReturnType<typeof saidBefore>>();

  message = (message: Message): void => {
    const line = plainLine(this.#once(message));
    if (line !== null) tell(`${escapeText(line)}\n`);
  };

  stop = (): Promise<void> => Promise.resolve();

  #once(message: Message): Message {
    if (message.type !== 'cell' || message.verdict !== 'error') return message;
    const reasonOf = this.#reasons.get(message.subject) ?? saidBefore();
    this.#reasons.set(message.subject, reasonOf);
    return { ...message, summary: reasonOf(message.claim, message.summary) };
  }
}

function plainLine(message: Message): string | null {
  switch (message.type) {
    case 'step':
      return message.step === WAITING ? null : `${message.subject}: ${message.step}`;
    case 'note':
      return `${message.level}: ${message.text}`;
    case 'twins':
      return `${message.subject}: built ${message.builds.map(({ twin, seconds }) => `${twin} in ${seconds.toFixed(1)} s`).join(', ')}`;
    case 'cell':
      return `${message.subject} ${message.claim}: ${message.verdict}: ${message.summary}`;
    case 'finished':
      return null;
  }
}

type Task = ListrTaskWrapper<unknown, never, never>;

/** One line a subject that is being worked on, and a line with the totals; its height is the number of jobs. */
class LiveProgress implements Progress {
  #finished = 0;
  #subjects = 0;
  #verdicts = new Map<string, number>();
  readonly #steps = new Map<string, { step: string; since: number }>();
  #end: (() => void) | undefined;
  #done: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #header = '';

  start = ({ engine, input }: Parameters<Progress['start']>[0]): void => {
    this.#subjects = new Set(input.cells.map(({ subject }) => subject)).size;
    this.#header = `${engine.name} ${engine.version}`;
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    const work = async (_context: unknown, task: unknown): Promise<void> => {
      this.#timer = setInterval(() => this.#paint(task as Task), 250);
      await ended;
      this.#paint(task as Task);
    };
    const lines = { outputBar: 1, persistentOutput: false };
    const list = new Listr([{ title: this.#header, task: work, rendererOptions: lines }], {
      rendererOptions: { clearOutput: false },
    });
    this.#done = list.run();
  };

  message = (message: Message): void => {
    switch (message.type) {
      case 'step':
        if (message.step === WAITING) this.#steps.delete(message.subject);
        else this.#steps.set(message.subject, { step: message.step, since: Date.now() });
        break;
      case 'cell':
        this.#verdicts.set(message.verdict, (this.#verdicts.get(message.verdict) ?? 0) + 1);
        break;
      case 'finished':
        this.#steps.delete(message.subject);
        this.#finished += 1;
        break;
      case 'note':
      case 'twins':
        break;
    }
  };

  stop = async (): Promise<void> => {
    clearInterval(this.#timer);
    this.#end?.();
    await this.#done;
  };

  #paint(task: Task): void {
    const verdicts = [...this.#verdicts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
    task.title = `${this.#header} · ${this.#finished} of ${this.#subjects} subjects${verdicts === '' ? '' : ` · ${verdicts}`}`;
    task.output = [...this.#steps]
      .map(
        ([subject, { step, since }]) =>
          `${escapeText(subject)}: ${escapeText(step)} · ${Math.round((Date.now() - since) / 1000)} s`,
      )
      .join('\n');
  }
}
