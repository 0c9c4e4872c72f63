import { type Color, rgb } from './style.ts';

/** Asks the terminal for the ground it shows text on (OSC 11); those that do not know the question ignore it. */
export const BACKGROUND_QUESTION = '\x1b]11;?\x1b\\';

/** Milliseconds in which an answer counts: what comes later would change the look under the operator's eyes. */
export const ANSWER_MS = 150;

/**
 * The colour that a reply to the question names: `11;rgb:1e1e/1e1e/1e1e`, with one to four hexadecimal digits each,
 * `11;rgba:…` with a fourth part, or `11;#1e1e1e`. `undefined` for every other string.
 */
export function colorOfReply(reply: string): Color | undefined {
  const parts =
    /^11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})(?:\/[\da-f]{1,4})?$/i.exec(reply) ??
    /^11;#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(reply);
  if (parts === null) return undefined;
  const [red = 0, green = 0, blue = 0] = parts
    .slice(1)
    .map((digits) => Math.round((Number.parseInt(digits, 16) / (16 ** digits.length - 1)) * 255));
  return rgb(red, green, blue);
}

/** Whom a question goes to, and when an answer is too late. */
export interface BackgroundQuestionOptions {
  /** Writes to the terminal. */
  readonly write: (text: string) => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** The question for the terminal's ground: asked once, and answered in time or never. */
export class BackgroundQuestion {
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  readonly #answered = Promise.withResolvers<void>();
  #asked: number | undefined;
  #color: Color | undefined;

  constructor({ write, now = () => performance.now() }: BackgroundQuestionOptions) {
    this.#write = write;
    this.#now = now;
  }

  /** The terminal's ground; `undefined` as long as it is not known. */
  get color(): Color | undefined {
    return this.#color;
  }

  /** Asks, the first time; `onSilence` is called when no answer has come in time. */
  ask(onSilence: () => void): void {
    if (this.#asked !== undefined) return;
    this.#asked = this.#now();
    this.#write(BACKGROUND_QUESTION);
    void this.settled().then(() => {
      if (this.#color === undefined) onSilence();
    });
  }

  /** Takes an answer, and tells whether it came in time. */
  answer(color: Color): boolean {
    const isAwaited = this.#asked !== undefined && this.#now() - this.#asked <= ANSWER_MS;
    if (isAwaited) this.#color = color;
    this.#answered.resolve();
    return isAwaited;
  }

  /**
   * Resolves when an answer can no longer come to whoever has the terminal next: when it is here, or its time is over.
   */
  async settled(): Promise<void> {
    if (this.#asked === undefined) return;
    const left = ANSWER_MS - (this.#now() - this.#asked);
    if (left <= 0) return;
    const timer = setTimeout(this.#answered.resolve, left);
    await this.#answered.promise;
    clearTimeout(timer);
  }
}
